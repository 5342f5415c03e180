import type { Rwt } from "redis-web-token";
import { startRedisServer } from "../../tools/redis-server.ts";
import { openIoredis } from "../lib/clients.ts";
import { usedBytes } from "../lib/memory.ts";
import { serviceOver, storeOn } from "../lib/ours.ts";
import type { Bench, Check, Table } from "../lib/section.ts";
import { type Settings, signMany } from "../lib/stage.ts";
import { compare, drawer, latencies, median, medianRatio, type Turn, type Work } from "../lib/stats.ts";
import { type User, user } from "../lib/user.ts";

const WITHIN = 0.1;
const COMPUTED = 10_000_000;
/** The number of sessions that are in use. */
const ACTIVE = 10_000;

interface Sized {
  readonly size: number;
  readonly rwt: Rwt<User>;
  readonly tokens: readonly string[];
  readonly bytes: number;
}

/** Measures how speed and memory grow: verifies take turns between Redis servers with 10,000 sessions and more. */
export const scale = (settings: Settings): Bench => ({
  name: "scale",
  async run() {
    await using ends = new AsyncDisposableStack();
    const sizes = settings.quick ? [10_000, 100_000] : [10_000, 100_000, 1_000_000];
    const filled: Sized[] = [];
    for (const size of sizes) filled.push(await fill(size, ends));
    const recurring = await measure(settings, filled, ({ tokens, rwt }) => {
      const draw = drawer(spread(tokens, ACTIVE));
      return (i) => rwt.verify(draw(i));
    });
    const evenly = await measure(settings, filled, ({ tokens, rwt }) => {
      const draw = drawer(tokens);
      return (i) => rwt.verify(draw(i));
    });
    const first = filled[0]?.size ?? 0;
    const last = filled.at(-1)?.size ?? 0;
    return {
      tables: [growth(filled, recurring, evenly)],
      checks: [
        near(
          `p50 of verify with ${count(last)} sessions, compared with ${count(first)}`,
          recurring,
          "p50",
          first,
          last,
        ),
        near(
          `verify, 64 concurrent, with ${count(last)} sessions, compared with ${count(first)}`,
          recurring,
          "perSecond",
          first,
          last,
        ),
      ],
    };
  },
});

const count = (size: number): string => size.toLocaleString("en");

async function fill(size: number, ends: AsyncDisposableStack): Promise<Sized> {
  const redis = await startRedisServer();
  ends.defer(() => redis.stop());
  const admin = await openIoredis(redis.url);
  ends.defer(() => admin.disconnect());
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

interface Measured {
  /** Milliseconds. */
  readonly p50: number;
  readonly perSecond: readonly number[];
}

async function measure(
  settings: Settings,
  filled: readonly Sized[],
  workOf: (sized: Sized) => Work,
): Promise<Map<number, Measured>> {
  const works = new Map(filled.map((sized) => [String(sized.size), workOf(sized)]));
  const turns = new Map([...works].map(([name, work]): [string, Turn] => [name, { work }]));
  const speeds = await compare(turns, settings, 64);
  const times = await latencies(works, settings.quick ? 1_000 : 10_000);
  return new Map(
    filled.map(({ size }) => [
      size,
      { p50: median(times.get(String(size)) ?? []), perSecond: speeds.get(String(size)) ?? [] },
    ]),
  );
}

function near(
  what: string,
  measured: ReadonlyMap<number, Measured>,
  field: keyof Measured,
  first: number,
  last: number,
): Check {
  const [small, large] = [measured.get(first), measured.get(last)];
  const share =
    field === "p50"
      ? (large?.p50 ?? Number.NaN) / (small?.p50 ?? Number.NaN)
      : medianRatio(large?.perSecond, small?.perSecond);
  const met = field === "p50" ? share <= 1 + WITHIN : share >= 1 - WITHIN;
  return { what, target: "within 10 %", measured: share, unit: "×", met };
}

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
