import { count, type Measured, measureSizes, nearTheFirst, type Sized } from "../lib/growth.ts";
import { usedBytes } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import type { Bench, Table } from "../lib/section.ts";
import { openRedis, type Settings, signMany } from "../lib/stage.ts";
import { drawer, median } from "../lib/stats.ts";
import { user } from "../lib/user.ts";

const COMPUTED = 10_000_000;
/** The number of sessions that are in use. */
const ACTIVE = 10_000;

/** Measures how speed and memory grow: verifies take turns between Redis servers with 10,000 sessions and more. */
export const scale = (settings: Settings): Bench => ({
  name: "scale",
  async run() {
    await using ends = new AsyncDisposableStack();
    const sizes = settings.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
    const filled: Sized[] = [];
    for (const size of sizes) filled.push(await fill(size, ends));
    const recurring = await measureSizes(settings, filled, ({ tokens, rwt }) => {
      const draw = drawer(spread(tokens, ACTIVE));
      return (i) => rwt.verify(draw(i));
    });
    const evenly = await measureSizes(settings, filled, ({ tokens, rwt }) => {
      const draw = drawer(tokens);
      return (i) => rwt.verify(draw(i));
    });
    return {
      tables: [growth(filled, recurring, evenly)],
      checks: nearTheFirst(sizes, recurring),
    };
  },
});

async function fill(size: number, ends: AsyncDisposableStack): Promise<Sized> {
  const { redis, admin } = await openRedis(ends);
  const signing = await storeOn("ioredis", redis.url);
  const before = await usedBytes(admin);
  const signer = serviceOver(signing.store);
  const tokens = await signMany({ sign: () => signer.sign(user) }, size);
  await signing.close();
  const bytes = (await usedBytes(admin)) - before;
  const { store, close } = await storeOn("ioredis", redis.url);
  ends.defer(async () => void (await close()));
  return { size, rwt: serviceOver(store), tokens, bytes };
}

/** Picks `many` of the values, evenly spread. */
const spread = <T>(values: readonly T[], many: number): T[] => {
  const step = Math.max(1, values.length / many);
  return Array.from({ length: Math.min(many, values.length) }, (_, i) => values[Math.floor(i * step)] as T);
};

function growth(
  filled: readonly Sized[],
  recurring: ReadonlyMap<number, Measured>,
  evenly: ReadonlyMap<number, Measured>,
): Table {
  const last = filled.at(-1);
  const computed = last ? (last.bytes / last.size) * COMPUTED : Number.NaN;
  return {
    title: "Growth",
    columns: [
      { name: "sessions" },
      { name: "" },
      { name: "memory", unit: "MB" },
      { name: "per session", unit: "B" },
      { name: `verify, ${count(ACTIVE)} sessions in use`, unit: "ms" },
      { name: "64 concurrent", unit: "/s" },
      { name: "verify, all in use", unit: "ms" },
      { name: "64 concurrent", unit: "/s" },
    ],
    rows: [
      ...filled.map(({ size, bytes }) => [
        count(size),
        "measured",
        bytes / 1e6,
        bytes / size,
        recurring.get(size)?.p50 ?? null,
        median(recurring.get(size)?.perSecond ?? []),
        evenly.get(size)?.p50 ?? null,
        median(evenly.get(size)?.perSecond ?? []),
      ]),
      [count(COMPUTED), "computed", computed / 1e6, computed / COMPUTED, null, null, null, null],
    ],
  };
}
