/**
 * What a subject with very many sessions costs: sign, verify and a list's first page with 10 and with 100,000 sessions,
 * side by side, and the longest time for which destroyAll and updateAll keep Redis from serving others.
 */
import { Redis } from "ioredis";
import { ioredisStore } from "redis-web-token/ioredis";
import { createRwtWithSessions } from "redis-web-token/sessions";
import { startRedisServer } from "../tools/redis-server.ts";

const MANY = 100_000;
const ROUNDS = 300;

const redis = await startRedisServer();
const admin = new Redis(redis.url);
const rwt = createRwtWithSessions({
  store: ioredisStore(redis.url, { timeout: 60_000 }),
  secret: "a secret of the benchmark, 32 bytes or more",
});
const subjects = { few: "few", many: "many" } as const;
const sign = (subject: string) => rwt.sign({ name: "Ada" }, { subject });

for (let i = 0; i < 10; i++) await sign(subjects.few);
for (let i = 0; i < MANY; i += 100) await Promise.all(Array.from({ length: 100 }, () => sign(subjects.many)));
const tokens = { few: await sign(subjects.few), many: await sign(subjects.many) };

/** The median of one call's time, milliseconds; both are measured in turn, so that noise meets both. */
async function compare(
  run: (which: "few" | "many") => Promise<unknown>,
): Promise<Record<"few" | "many", number>> {
  const times: Record<"few" | "many", number[]> = { few: [], many: [] };
  for (let i = 0; i < ROUNDS; i++) {
    for (const which of ["few", "many"] as const) {
      const began = performance.now();
      await run(which);
      times[which].push(performance.now() - began);
    }
  }
  const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
  return { few: median(times.few), many: median(times.many) };
}

const operations = {
  verify: (which: "few" | "many") => rwt.verify(tokens[which]),
  "list, first page of 10": (which: "few" | "many") => rwt.list(subjects[which], { limit: 10 }),
  sign: async (which: "few" | "many") => rwt.destroy(await sign(subjects[which])),
};
console.log(`median of ${ROUNDS} calls, with 10 sessions and with ${MANY.toLocaleString("en")}:`);
for (const [name, run] of Object.entries(operations)) {
  const { few, many } = await compare(run);
  const label = name === "sign" ? "sign, and destroy" : name;
  console.log(
    `${label.padEnd(24)} ${few.toFixed(3)} ms  ${many.toFixed(3)} ms  ratio ${(many / few).toFixed(2)}`,
  );
}

// Microseconds: what a script calls within is far quicker, and would fill the log.
await admin.config("SET", "slowlog-log-slower-than", "500");
await admin.config("SET", "slowlog-max-len", "10000");
await admin.config("SET", "latency-monitor-threshold", "50");
for (const [name, run] of [
  ["updateAll", () => rwt.updateAll(subjects.many, { name: "Grace" })],
  ["destroyAll", () => rwt.destroyAll(subjects.many)],
] as const) {
  await admin.slowlog("RESET");
  await admin.call("LATENCY", "RESET");
  await admin.config("RESETSTAT");
  const count = await run();
  const steps = /cmdstat_evalsha:calls=(\d+)/.exec(await admin.info("commandstats"))?.[1];
  const log = (await admin.slowlog("GET", 10_000)) as [number, number, number, string[]][];
  const slowest = log.map(([, , micros]) => micros);
  const over = (await admin.call("LATENCY", "HISTORY", "command")) as unknown[];
  console.log(
    `${name} of ${count.toLocaleString("en")}: ${steps} steps, the longest ${(Math.max(...slowest) / 1000).toFixed(1)} ms; ` +
      `${over.length} above 50 ms by Redis's latency monitor`,
  );
}
await rwt.disconnect();
admin.disconnect();
await redis.stop();
