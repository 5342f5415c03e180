import type { Random } from "../fuzz/random.ts";

/** Choices that a seed repeats. */
export interface Chance {
  /** From 0, below 1. */
  fraction(): number;
  below(end: number): number;
  between(from: number, to: number): number;
  is(probability: number): boolean;
  /** None where there is nothing to pick from. */
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
