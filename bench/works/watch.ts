import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { watch as watching } from "redis-web-token/watch";
import { heapUsed } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import { atMost, type Bench } from "../lib/section.ts";
import { onStage, type Settings, signMany } from "../lib/stage.ts";
import { median } from "../lib/stats.ts";
import { user } from "../lib/user.ts";

/** Watched sessions, each of a subject of its own. */
const WATCHED = 10_000;
/** Ends that are timed, one after another. */
const ENDS = 200;
const REST_MS = 12_000;

/** Measures what 10,000 watched sessions in one process cost, and how soon an end is told. */
export const watch = ({ quick }: Settings): Bench => ({
  name: "watch",
  run: () =>
    onStage([], 0, async ({ redis, admin }) => {
      const many = quick ? WATCHED / 10 : WATCHED;
      const rows: (readonly (string | number)[])[] = [];
      const latencies: number[] = [];
      for (const client of ["ioredis", "node-redis"] as const) {
        const measured = await measure(client, redis.url, admin, many, quick);
        latencies.push(...measured.ends);
        const { connections, bytes, started, cpu, ends } = measured;
        const p99 = [...ends].sort((a, b) => a - b)[Math.floor(ends.length * 0.99)] ?? Number.NaN;
        rows.push([client, connections, bytes, started, cpu, median(ends), p99]);
      }
      return {
        tables: [
          {
            title: `${many.toLocaleString("en")} watched sessions in one process`,
            columns: [
              { name: "client" },
              { name: "connections besides the store's", unit: "" },
              { name: "memory of the process, each", unit: "B" },
              { name: "until all are watched", unit: "ms" },
              { name: "CPU at rest", unit: "%" },
              { name: "an end is told after", unit: "ms" },
              { name: "99th percentile", unit: "ms" },
            ],
            rows,
          },
        ],
        checks: [atMost("the slowest of the ends that a watch tells", 100, Math.max(...latencies), "ms")],
      };
    }),
});

async function measure(
  client: "ioredis" | "node-redis",
  url: string,
  admin: Redis,
  many: number,
  quick: boolean,
) {
  const { store, close } = await storeOn(client, url);
  const signer = serviceOver(store);
  let signed = 0;
  const tokens = await signMany({ sign: () => signer.sign(user, { subject: `watched-${signed++}` }) }, many);
  const rwt = signer.with(watching());
  const [connected, heap] = [await clients(admin), heapUsed()];

  const begun = performance.now();
  const ends = new Map<string, number>();
  const watches = tokens.map((token) => rwt.watch(token));
  watches.forEach((one, at) => {
    void one.ended.then(() => ends.set(tokens[at] ?? "", performance.now()));
  });
  // The last one's first look comes after those of all others.
  await watches.at(-1)?.next();
  const started = performance.now() - begun;
  const connections = (await clients(admin)) - connected;
  const bytes = (heapUsed() - heap) / many;

  const before = process.cpuUsage();
  const rest = quick ? REST_MS / 4 : REST_MS;
  await sleep(rest);
  const { user: inUser, system } = process.cpuUsage(before);
  const cpu = ((inUser + system) / 1000 / rest) * 100;

  const times: number[] = [];
  const elsewhere = await storeOn(client, url);
  const other = serviceOver(elsewhere.store);
  for (let i = 0; i < ENDS; i++) {
    const token = tokens[Math.floor((i * many) / ENDS)] ?? "";
    await other.destroy(token);
    const from = performance.now();
    while (!ends.has(token)) await sleep(1);
    times.push(Math.max(0, (ends.get(token) ?? Number.NaN) - from));
  }
  for (const one of watches) one.stop();
  await elsewhere.close();
  await rwt.disconnect();
  await close();
  await admin.flushall("SYNC");
  return { connections, bytes, started, cpu, ends: times };
}

async function clients(admin: Redis): Promise<number> {
  return Number(/connected_clients:(\d+)/.exec(await admin.info("clients"))?.[1]);
}
