import type { Random } from "../fuzz/random.ts";

/** Random choices that the seed repeats. */
export interface Chance {
  /** A number from 0 up to, but not including, 1. */
  fraction(): number;
  below(end: number): number;
  between(from: number, to: number): number;
  is(probability: number): boolean;
  /** `undefined` for an empty list. */
  pick<T>(from: readonly T[]): T | undefined;
}

export function chanceOf(random: Random): Chance {
  const fraction = (): number => random.below(2 ** 30) / 2 ** 30;
  return {
    fraction,
    below: random.below,
    between: (from, to) => from + fraction() * (to - from),
    is: (probability) => fraction() < probability,
    pick: (from) => (from.length === 0 ? undefined : random.pick(from)),
  };
}
