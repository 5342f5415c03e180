import type { Rwt } from "redis-web-token";
import type { Check } from "./section.ts";
import type { Settings } from "./stage.ts";
import { compare, latencies, median, medianRatio, type Turn, type Work } from "./stats.ts";
import type { User } from "./user.ts";

/** By how much many sessions may slow a verify down. */
const WITHIN = 0.1;

/** A Redis server with so many sessions, some of which are in use. */
export interface Sized {
  readonly size: number;
  readonly rwt: Rwt<User>;
  readonly tokens: readonly string[];
  /** The memory of all sessions. */
  readonly bytes: number;
}

export const count = (size: number): string => size.toLocaleString("en");

export interface Measured {
  /** Milliseconds. */
  readonly p50: number;
  readonly perSecond: readonly number[];
}

/** Measures works that take turns between the servers. */
export async function measureSizes(
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

/** Checks that p50 and speed with the most sessions are near those with the fewest. */
export function nearTheFirst(sizes: readonly number[], measured: ReadonlyMap<number, Measured>): Check[] {
  const [first = 0, last = 0] = [sizes[0], sizes.at(-1)];
  return [
    near(
      `p50 of verify with ${count(last)} sessions, compared with ${count(first)}`,
      measured,
      "p50",
      first,
      last,
    ),
    near(
      `verify, 64 concurrent, with ${count(last)} sessions, compared with ${count(first)}`,
      measured,
      "perSecond",
      first,
      last,
    ),
  ];
}
