import type { Redis } from "ioredis";
import { ioredisStore } from "redis-web-token/ioredis";
import { createRwtWithSessions } from "redis-web-token/sessions";
import { startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "../lib/clients.ts";
import type { Bench } from "../lib/section.ts";
import { type Settings, signMany } from "../lib/stage.ts";
import { latencies, median, type Work } from "../lib/stats.ts";
import { secret, user } from "../lib/user.ts";

const FEW = 10;

/**
 * What a subject with very many sessions costs beside one with few, and the longest time for which destroyAll and
 * updateAll keep Redis from serving others.
 */
export const subject = ({ quick }: Settings): Bench => ({
  name: "subject",
  async run() {
    const many = quick ? 10_000 : 100_000;
    await using ends = new AsyncDisposableStack();
    const redis = await startRedisServer();
    ends.defer(() => redis.stop());
    const admin = await openIoredis(redis.url);
    ends.defer(() => admin.disconnect());
    const client = await openIoredis(redis.url);
    ends.defer(async () => void (await client.quit()));
    const rwt = createRwtWithSessions({ store: ioredisStore(client, { timeout: 60_000 }), secret });
    const tokens = new Map<string, string>();
    for (const [name, sessions] of [
      ["few", FEW],
      ["many", many],
    ] as const) {
      const signed = await signMany({ sign: () => rwt.sign(user, { subject: name }) }, sessions);
      tokens.set(name, signed.at(-1) ?? "");
    }
    const operations: Readonly<Record<string, (name: string) => Promise<unknown>>> = {
      verify: (name) => rwt.verify(tokens.get(name)),
      "list, first page of 10": (name) => rwt.list(name, { limit: 10 }),
      "sign, and destroy": async (name) => rwt.destroy(await rwt.sign(user, { subject: name })),
    };
    const rows: (string | number)[][] = [];
    for (const [operation, run] of Object.entries(operations)) {
      const works = new Map(["few", "many"].map((name): [string, Work] => [name, () => run(name)]));
      const times = await latencies(works, quick ? 100 : 1_000);
      const [few, lots] = ["few", "many"].map((name) => median(times.get(name) ?? [])) as [number, number];
      rows.push([operation, few, lots, lots / few]);
    }
    const steps: (string | number)[][] = [];
    for (const [name, run] of [
      ["updateAll", () => rwt.updateAll("many", user)],
      ["destroyAll", () => rwt.destroyAll("many")],
    ] as const) {
      steps.push([name, ...(await stepsOf(admin, run))]);
    }
    return {
      tables: [
        {
          title: "A subject's sessions, median of single calls",
          columns: [
            { name: "" },
            { name: `${FEW} sessions`, unit: "ms" },
            { name: `${many.toLocaleString("en")} sessions`, unit: "ms" },
            { name: "beside the few", unit: "×" },
          ],
          rows,
        },
        {
          title: `All sessions of a subject with ${many.toLocaleString("en")}`,
          columns: [
            { name: "" },
            { name: "sessions", unit: "" },
            { name: "steps in Redis", unit: "" },
            { name: "the longest", unit: "ms" },
            { name: "above 50 ms", unit: "" },
          ],
          rows: steps,
        },
      ],
      checks: [],
    };
  },
});

/** How many sessions, in how many scripts, the longest of which took how long; and how many kept Redis for above 50 ms. */
async function stepsOf(admin: Redis, run: () => Promise<number>): Promise<[number, number, number, number]> {
  // Microseconds: what a script calls within is far quicker, and would fill the log.
  await admin.config("SET", "slowlog-log-slower-than", "200");
  await admin.config("SET", "slowlog-max-len", "10000");
  await admin.config("SET", "latency-monitor-threshold", "50");
  await admin.slowlog("RESET");
  await admin.call("LATENCY", "RESET");
  await admin.config("RESETSTAT");
  const count = await run();
  const steps = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1]);
  const log = (await admin.slowlog("GET", 10_000)) as [number, number, number, string[]][];
  const slowest = Math.max(0, ...log.map(([, , microseconds]) => microseconds)) / 1000;
  const above = (await admin.call("LATENCY", "HISTORY", "command")) as unknown[];
  return [count, steps, slowest, above.length];
}
