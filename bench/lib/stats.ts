import { setTimeout as sleep } from "node:timers/promises";

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

export function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
}

/** An operation to measure. Its argument is the number of the call. */
export type Work = (i: number) => Promise<unknown>;

/** How long and how often to measure. */
export interface Pace {
  readonly rounds: number;
  /** Milliseconds of one turn. */
  readonly roundMs: number;
  /** Milliseconds of pause between two turns, which leaves the machine to others. */
  readonly restMs: number;
}

interface SpeedOptions {
  readonly concurrency: number;
  readonly ms: number;
  /** Ends the turn early after this many calls, for work that runs out. */
  readonly most?: number | undefined;
}

/** Measures operations per second. */
export async function speedOf(
  work: Work,
  { concurrency, ms, most = Number.POSITIVE_INFINITY }: SpeedOptions,
): Promise<number> {
  let begun = 0;
  let done = 0;
  // Collect the previous turn's garbage, so that it doesn't slow this one down. A full collection would take longer than the turn.
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

/** The work of one turn, and the most calls that it allows. */
export interface Turn {
  readonly work: Work;
  readonly most?: number;
}

/** The median over the rounds of the ratio between two speeds, which in each round were measured at about the same time. */
export const medianRatio = (ones: readonly number[] = [], others: readonly number[] = []): number =>
  median(ones.map((one, round) => one / (others[round] ?? Number.NaN)));

/**
 * Measures the speed of each in each round, in operations per second. They take turns, so that a noisy moment affects all of them.
 * The first round is a warm-up. If a turn needs preparation, pass a function, which runs outside of the measured time.
 */
export async function compare(
  turns: ReadonlyMap<string, Turn | (() => Promise<Turn>)>,
  { rounds, roundMs, restMs }: Pace,
  concurrency: number,
): Promise<Map<string, number[]>> {
  const speeds = new Map<string, number[]>([...turns.keys()].map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, turn] of turns) {
      const { work, most } = typeof turn === "function" ? await turn() : turn;
      if (restMs > 0) await sleep(restMs);
      const speed = await speedOf(work, { concurrency, ms: roundMs, most });
      if (round > 0) speeds.get(name)?.push(speed);
    }
  }
  return speeds;
}

/** Measures single calls in milliseconds, one after another and in turns. The first tenth is a warm-up. */
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

/** Draws values at random. The draws are made in advance, so that they don't count as measured time. */
export function drawer<T>(values: readonly T[]): (i: number) => T {
  const drawn = Array.from({ length: 1 << 16 }, () => values[Math.floor(Math.random() * values.length)] as T);
  return (i) => drawn[i & 0xffff] as T;
}
