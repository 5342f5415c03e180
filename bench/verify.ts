/**
 * What a token costs, beside the same client's bare GET in the same run. Ratios are what to look at: the
 * machine's own speed and its neighbours cancel out of them.
 */
import { Redis } from "ioredis";
import { createClient } from "redis";
import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { forged } from "../test/support/forged.ts";
import { startRedisServer } from "../tools/redis-server.ts";

const CONCURRENCY = 64;
const TOKENS = 2_000;
const ROUNDS = 5;
const ROUND_MS = 400;

type Work = (i: number) => Promise<unknown>;

/** Operations a second with so many under way at once. */
async function speedOf(work: Work): Promise<number> {
  let done = 0;
  const start = performance.now();
  const end = start + ROUND_MS;
  const worker = async () => {
    while (performance.now() < end) await work(done++ % TOKENS);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return (done / (performance.now() - start)) * 1000;
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Rounds in turns, so that a noisy moment hits all works alike; the first round warms up. */
async function compare(works: Readonly<Record<string, Work>>): Promise<Map<string, number>> {
  const speeds = new Map<string, number[]>(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, work] of Object.entries(works)) {
      const speed = await speedOf(work);
      if (round > 0) speeds.get(name)?.push(speed);
    }
  }
  return new Map([...speeds].map(([name, values]) => [name, median(values)]));
}

const user = { id: "42", name: "Ada Lovelace", roles: ["admin", "editor"], note: "x".repeat(220) };
const secret = "a secret of the benchmark, 32 bytes or more";
const redis = await startRedisServer();
const ioredis = new Redis(redis.url);
const nodeRedis = createClient({ url: redis.url });
await nodeRedis.connect();

const clients = [
  { name: "ioredis", store: ioredisStore(ioredis), get: (key: string) => ioredis.get(key) },
  { name: "node-redis", store: nodeRedisStore(nodeRedis), get: (key: string) => nodeRedis.get(key) },
];
for (const { name, store, get } of clients) {
  const rwt = createRwt({ store, secret });
  const sliding = createRwt({ store, secret, verifyExtendsToken: true });
  const tokens = await Promise.all(Array.from({ length: TOKENS }, () => rwt.sign(user)));
  const keys = await ioredis.keys("rwt:*");
  const forgeries = tokens.map(forged);
  const speeds = await compare({
    "bare GET + JSON.parse": async (i) => JSON.parse((await get(keys[i] ?? "")) ?? "null"),
    verify: (i) => rwt.verify(tokens[i]),
    "verify, sliding": (i) => sliding.verify(tokens[i]),
    sign: () => rwt.sign(user),
    "verify, forged": (i) => rwt.verify(forgeries[i]),
  });
  const floor = speeds.get("bare GET + JSON.parse") ?? Number.NaN;
  console.log(`\n${name}, ${CONCURRENCY} at once, ${process.version}`);
  for (const [work, speed] of speeds) {
    const perSecond = Math.round(speed).toLocaleString("en").padStart(8);
    console.log(`  ${work.padEnd(22)} ${perSecond}/s   × ${(speed / floor).toFixed(2)}`);
  }
  await ioredis.flushall();
}
await Promise.all([ioredis.quit(), nodeRedis.close()]);
await redis.stop();
