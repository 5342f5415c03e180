import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Checker } from "../checker.ts";
import { type RedisCluster, startRedisCluster } from "./doubles.ts";
import type { Environment, PlannedHost } from "./environment.ts";

const KEYS_AT_ONCE = "3";

/** Starts a cluster of three masters, and moves slots between them while they hold keys. */
export async function threeMasters(hosts: readonly PlannedHost[]): Promise<Environment> {
  const cluster = await startRedisCluster(3);
  return {
    hosts: hosts.map((host) => ({
      ...host,
      services: host.services.map((service) => ({ ...service, urls: cluster.urls })),
    })),
    ports: cluster.servers.map(({ port }) => port),
    async nemesis(checker, isOver) {
      while (!isOver()) {
        await sleep(checker.chance.between(300, 1_500));
        const from = checker.chance.below(3);
        const to = (from + 1 + checker.chance.below(2)) % 3;
        const source = cluster.masters[from];
        const key = await source?.randomkey();
        if (source === undefined || !key || isOver()) continue;
        const slot = await source.cluster("KEYSLOT", key);
        await checker.fault("slot moved", () => move(cluster, checker, { from, to, slot }));
      }
    },
    stop: () => cluster.stop(),
  };
}

interface Move {
  readonly from: number;
  readonly to: number;
  readonly slot: number;
}

async function move(
  { masters, servers }: RedisCluster,
  { chance }: Checker,
  { from, to, slot }: Move,
): Promise<void> {
  const [source, target] = [masters[from], masters[to]];
  if (!source || !target) throw new RangeError("no such master");
  const [sourceId, targetId] = await Promise.all([idOf(source), idOf(target)]);
  await target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
  await source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
  for (;;) {
    const keys = (await source.call("CLUSTER", "GETKEYSINSLOT", slot, KEYS_AT_ONCE)) as string[];
    if (keys.length === 0) break;
    const port = String(servers[to]?.port);
    await source.call("MIGRATE", "127.0.0.1", port, "", "0", "1000", "KEYS", ...keys).catch(() => {});
    if (chance.is(0.5)) await sleep(chance.between(0, 40));
  }
  for (const master of [target, source, ...masters])
    await master.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
}

const idOf = (master: Redis): Promise<string> => master.call("CLUSTER", "MYID") as Promise<string>;
