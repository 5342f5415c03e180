/** A primary that is killed under a steady load, while Sentinel chooses another one. No answer may be wrong. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { Tally } from "./tally.ts";

const secret = "a secret of the tests, 32 bytes or more";
const SESSIONS = 200;
const WORKERS = 8;

interface Deployment {
  readonly primary: RedisServer;
  readonly sentinels: readonly { host: string; port: number }[];
}

/** A primary, two replicas, and three Sentinels that consider the primary down after a second. */
async function deploy(): Promise<Deployment> {
  const primary = await ownRedis();
  const follow = ["--replicaof", "127.0.0.1", String(primary.port), "--repl-diskless-sync-delay", "0"];
  for (let i = 0; i < 2; i++) await ownRedis({ args: follow });
  const admin = new Redis(primary.url);
  await expect.poll(() => admin.info("replication"), { timeout: 10_000 }).toMatch(/connected_slaves:2/);
  await expect.poll(() => admin.call("WAIT", "2", "1000"), { timeout: 10_000 }).toBe(2);
  admin.disconnect();
  const config = [
    `sentinel monitor main 127.0.0.1 ${primary.port} 2`,
    "sentinel down-after-milliseconds main 1000",
    "sentinel failover-timeout main 5000",
  ];
  const sentinels = [];
  for (let i = 0; i < 3; i++) {
    const { port } = await ownRedis({ config, args: ["--sentinel"] });
    sentinels.push({ host: "127.0.0.1", port });
  }
  // Wait until each Sentinel knows the replicas and the two others.
  for (const { port } of sentinels) {
    const admin = new Redis(port);
    const known = async () => ((await admin.call("SENTINEL", "MASTER", "main")) as string[]).join(" ");
    await expect.poll(known, { timeout: 20_000 }).toMatch(/num-slaves 2 num-other-sentinels 2/);
    admin.disconnect();
  }
  return { primary, sentinels };
}

/** The sessions that are live and those that are dead. Those that an outage left unknown are in neither. */
interface Truth {
  readonly live: Map<string, number>;
  readonly dead: Set<string>;
}

/** Two of three sessions have a subject, each of which has a few sessions. */
const subjectOf = (i: number): string | undefined => (i % 3 === 0 ? undefined : `person ${i % 40}`);

async function signAndDestroy(rwt: Rwt<number>): Promise<Truth> {
  const tokens = await Promise.all(
    Array.from({ length: SESSIONS }, (_, i) => rwt.sign(i, { subject: subjectOf(i) })),
  );
  const live = new Map(tokens.map((token, i) => [token, i]));
  const dead = new Set(tokens.slice(0, SESSIONS / 2));
  for (const token of dead) {
    expect(await rwt.destroy(token)).toBe(true);
    live.delete(token);
  }
  return { live, dead };
}

/** Checks live and dead sessions over and over. `change` may do more. */
async function underLoad(
  { primary }: Deployment,
  rwt: Rwt<number>,
  { live, dead }: Truth,
  change: (turn: number, tally: Tally) => Promise<void>,
): Promise<{ tally: Tally; killed: number }> {
  const tally = new Tally();
  let running = true;
  let turn = 0;
  const any = <Item>(items: Iterable<Item>, i: number): Item | undefined => {
    const all = [...items];
    return all[i % all.length];
  };
  async function worker(): Promise<void> {
    while (running) {
      const i = turn++;
      const [token, data] = any(live, i) ?? [];
      const verify = async (token?: string) => (await rwt.verify(token))?.data ?? null;
      // If it has ended meanwhile, it was removed from the map before.
      await tally.count(
        () => verify(token),
        data ?? null,
        () => live.has(token ?? ""),
      );
      await tally.count(() => verify(any(dead, i)), null);
      await change(i, tally);
      await sleep(2);
    }
  }
  const workers = Array.from({ length: WORKERS }, worker);
  await sleep(1000);
  const killed = performance.now();
  await primary.kill();
  // Until all went well for two seconds, with nothing pending that began before.
  do await sleep(500);
  while (!tally.isQuiet(killed + 2000, 2000));
  running = false;
  await Promise.all(workers);
  return { tally, killed };
}

function report(name: string, { tally, killed }: { tally: Tally; killed: number }): void {
  const [first, last] = [tally.errors[0], tally.errors.at(-1)];
  const seconds = (time = killed) => ((time - killed) / 1000).toFixed(1);
  const reasons = [...new Set(tally.errors.map(({ reason }) => reason))].join(", ");
  console.log(
    `${name}: ${tally}; outages (${reasons}) from ${seconds(first?.told)} s to ${seconds(last?.told)} s after the kill`,
  );
}

test("ioredis with replicas: 1: no session is lost, and no ended session comes back", async () => {
  const deployment = await deploy();
  const store = ioredisStore({ sentinels: [...deployment.sentinels], name: "main" }, { replicas: 1 });
  const rwt = createRwt<number>({ store, secret });
  atEnd(() => rwt.disconnect());
  const truth = await signAndDestroy(rwt);
  const outcome = await underLoad(deployment, rwt, truth, async (turn, tally) => {
    if (turn % 2 === 0) {
      const token = await rwt.sign(turn, { subject: subjectOf(turn) }).catch(() => undefined);
      if (token !== undefined) truth.live.set(token, turn);
      return;
    }
    const [token] = [...truth.live.keys()];
    if (token === undefined) return;
    truth.live.delete(token);
    if ((await tally.count(() => rwt.destroy(token), true)) === true) truth.dead.add(token);
  });
  report("ioredis", outcome);
  expect(outcome.tally.wrong).toEqual([]);
  expect(outcome.tally.errors.length).toBeGreaterThan(0);
  for (const [token, data] of truth.live) expect((await rwt.verify(token))?.data).toBe(data);
  for (const token of truth.dead) expect(await rwt.verify(token)).toBeNull();
}, 90_000);

test("node-redis's Sentinel client: sessions that the replicas already had are answered correctly", async () => {
  const deployment = await deploy();
  const client = createSentinel({ name: "main", sentinelRootNodes: [...deployment.sentinels] });
  client.on("error", () => {});
  atEnd(() => client.destroy());
  const rwt = createRwt<number>({ store: nodeRedisStore(client), secret });
  const truth = await signAndDestroy(rwt);
  const outcome = await underLoad(deployment, rwt, truth, async (turn, tally) => {
    const [token] = [...truth.live.keys()].slice(turn % 10);
    await tally.count(() => rwt.extend(token), true);
  });
  report("node-redis", outcome);
  expect(outcome.tally.wrong).toEqual([]);
  expect(outcome.tally.errors.length).toBeGreaterThan(0);
  for (const [token, data] of truth.live) expect((await rwt.verify(token))?.data).toBe(data);
}, 90_000);
