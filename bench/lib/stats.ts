/** The middle one. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** One thing to measure; it gets the number of the call. */
export type Work = (i: number) => Promise<unknown>;

/** How long and how often is measured. */
export interface Pace {
  readonly rounds: number;
  /** Milliseconds of one work's turn. */
  readonly roundMs: number;
}

interface SpeedOptions {
  readonly concurrency: number;
  readonly ms: number;
  /** Ends before its time after so many calls, where no more can be had. */
  readonly most?: number | undefined;
}

/** Operations a second with so many under way at once. */
export async function speedOf(
  work: Work,
  { concurrency, ms, most = Number.POSITIVE_INFINITY }: SpeedOptions,
): Promise<number> {
  let begun = 0;
  let done = 0;
  // What the work before left behind isn't this one's to clear away. A whole collection would take longer than the turn.
  globalThis.gc?.({ type: "minor" });
  const start = performance.now();
  const end = start + ms;
  const worker = async () => {
    while (begun < most && performance.now() < end) {
      await work(begun++);
      done++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return (done / (performance.now() - start)) * 1000;
}

/** A work, or one that has to be prepared for each turn outside of the measured time. */
export interface Turn {
  readonly work: Work;
  readonly most?: number;
}

/** How one stands to another: the median over the rounds, in each of which both had their turn at about the same time. */
export const medianRatio = (ones: readonly number[] = [], others: readonly number[] = []): number =>
  median(ones.map((one, round) => one / (others[round] ?? Number.NaN)));

/**
 * The speed of each in each round, operations a second. They take turns, so that a noisy moment hits all alike; the first
 * round warms up.
 */
export async function compare(
  turns: ReadonlyMap<string, Turn | (() => Promise<Turn>)>,
  { rounds, roundMs }: Pace,
  concurrency: number,
): Promise<Map<string, number[]>> {
  const speeds = new Map<string, number[]>([...turns.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, turn] of turns) {
      const { work, most } = typeof turn === "function" ? await turn() : turn;
      const speed = await speedOf(work, { concurrency, ms: roundMs, most });
      if (round > 0) speeds.get(name)?.push(speed);
    }
  }
  return speeds;
}

/** Times of single calls, milliseconds each, one after another and in turns. The first tenth warms up. */
export async function latencies(
  works: ReadonlyMap<string, Work>,
  calls: number,
): Promise<Map<string, number[]>> {
  const warmUp = Math.ceil(calls / 10);
  const times = new Map<string, number[]>([...works.keys()].map((name) => [name, []]));
  for (let i = 0; i < warmUp + calls; i++) {
    for (const [name, work] of works) {
      const began = performance.now();
      await work(i);
      if (i >= warmUp) times.get(name)?.push(performance.now() - began);
    }
  }
  return times;
}

/** Draws at random, evenly, without the cost of doing so in the measured time. */
export function drawer<T>(values: readonly T[]): (i: number) => T {
  const drawn = Array.from({ length: 1 << 16 }, () => values[Math.floor(Math.random() * values.length)] as T);
  return (i) => drawn[i & 0xffff] as T;
}
