import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type RedisServer, startRedisServer } from "./redis-server.ts";

const SLOTS = 16_384;
const START_TIMEOUT_MS = 30_000;
const MIGRATE_TIMEOUT_MS = "5000";

export interface RedisCluster {
  readonly servers: readonly RedisServer[];
  readonly urls: readonly string[];
  /** A connection to each master, for commands to a single server. */
  readonly masters: readonly Redis[];
  /**
   * Moves slots with their keys from one master to another, as `redis-cli --cluster reshard` does.
   *
   * @param from, to - indexes of masters
   */
  moveSlots(from: number, to: number, slots: Iterable<number>): Promise<void>;
  /** The slots that a master had at the start. */
  slotsOf(master: number): number[];
  stop(): Promise<void>;
}

/** Starts a real cluster on 127.0.0.1, of masters without replicas, with the slots distributed evenly. */
export async function startRedisCluster(size = 3): Promise<RedisCluster> {
  const servers: RedisServer[] = [];
  for (let i = 0; i < size; i++) {
    const args = [
      "--cluster-enabled",
      "yes",
      "--cluster-announce-ip",
      "127.0.0.1",
      "--cluster-node-timeout",
      "5000",
    ];
    servers.push(await startRedisServer({ args }));
  }
  const masters = servers.map(({ url }) => new Redis(url));
  const firstSlot = (master: number) => Math.floor((master * SLOTS) / size);
  await Promise.all(
    masters.map((node, i) =>
      node.call("CLUSTER", "ADDSLOTSRANGE", String(firstSlot(i)), String(firstSlot(i + 1) - 1)),
    ),
  );
  for (const { port } of servers.slice(1))
    await masters[0]?.call("CLUSTER", "MEET", "127.0.0.1", String(port));
  for (const node of masters) {
    const isReady = (info: string) =>
      info.includes("cluster_state:ok") && info.includes(`cluster_size:${size}`);
    const patience = AbortSignal.timeout(START_TIMEOUT_MS);
    while (!isReady(await node.cluster("INFO"))) {
      if (patience.aborted) throw new Error(`the cluster isn't ready within ${START_TIMEOUT_MS} ms`);
      await sleep(20);
    }
  }
  const ids = await Promise.all(masters.map((node) => node.call("CLUSTER", "MYID") as Promise<string>));

  return {
    servers,
    urls: servers.map(({ url }) => url),
    masters,
    slotsOf: (master) =>
      Array.from({ length: firstSlot(master + 1) - firstSlot(master) }, (_, i) => firstSlot(master) + i),
    async moveSlots(from, to, slots) {
      const [source, target] = [masters[from], masters[to]];
      const [sourceId = "", targetId = ""] = [ids[from], ids[to]];
      const port = String(servers[to]?.port);
      if (!source || !target) throw new RangeError("no such master");
      for (const slot of slots) {
        await target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
        await source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
        for (;;) {
          const keys = (await source.call("CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[];
          if (keys.length === 0) break;
          await source.call("MIGRATE", "127.0.0.1", port, "", "0", MIGRATE_TIMEOUT_MS, "KEYS", ...keys);
        }
        await target.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
        await source.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
      }
    },
    async stop() {
      for (const node of masters) node.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
