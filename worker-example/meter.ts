import { nowInSeconds } from "./format.ts";

/** What is counted: tokens that were signed, accepted or rejected, and calls that the store didn't answer. */
export const KINDS = ["signed", "verified", "rejected", "failed"] as const;
export type Kind = (typeof KINDS)[number];

/** The chart's step in seconds, and the number of steps. */
export const STEP = 10;
export const STEPS = 60;
const LATENCIES = 500;

export interface Meter {
  count(kind: Kind): void;
  /** Records how long a call took, in milliseconds. */
  took(milliseconds: number): void;
  read(): Reading;
}

export interface Reading {
  /** Unix seconds. */
  readonly since: number;
  readonly totals: Readonly<Record<Kind, number>>;
  /** The counts in each step of the last ten minutes, oldest first. */
  readonly steps: Readonly<Record<Kind, readonly number[]>>;
  /** Milliseconds: median and 95th percentile of the latest calls. `undefined` before the first call. */
  readonly latency: { readonly median: number; readonly p95: number } | undefined;
}

/**
 * Counts in memory what this process, or this isolate of a Worker, did recently.
 *
 * @param now - Unix seconds
 */
export function createMeter(now: () => number = nowInSeconds): Meter {
  const since = now();
  const totals = perKind(() => 0);
  const steps = perKind(() => new Map<number, number>());
  const latencies: number[] = [];
  const stepOf = (time: number): number => Math.floor(time / STEP);

  return {
    count(kind) {
      totals[kind] += 1;
      const step = stepOf(now());
      steps[kind].set(step, (steps[kind].get(step) ?? 0) + 1);
      for (const old of steps[kind].keys()) if (old <= step - STEPS) steps[kind].delete(old);
    },
    took(milliseconds) {
      latencies.push(milliseconds);
      if (latencies.length > LATENCIES) latencies.shift();
    },
    read() {
      const first = stepOf(now()) - STEPS + 1;
      const sorted = latencies.toSorted((a, b) => a - b);
      const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
      return {
        since,
        totals: { ...totals },
        steps: perKind((kind) => Array.from({ length: STEPS }, (_, i) => steps[kind].get(first + i) ?? 0)),
        latency: sorted.length === 0 ? undefined : { median: at(0.5), p95: at(0.95) },
      };
    },
  };
}

const perKind = <Value>(value: (kind: Kind) => Value): Record<Kind, Value> => ({
  signed: value("signed"),
  verified: value("verified"),
  rejected: value("rejected"),
  failed: value("failed"),
});
