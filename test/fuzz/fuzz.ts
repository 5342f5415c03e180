import { createRandom } from "./random.ts";
import { replyTarget } from "./replies.ts";
import { requestTarget } from "./requests.ts";
import type { Target } from "./target.ts";
import { tokenTarget } from "./tokens.ts";
import { valueTarget } from "./values.ts";

/** All fuzzed targets. */
export const targets: readonly (() => Promise<Target>)[] = [
  tokenTarget,
  valueTarget,
  requestTarget,
  replyTarget,
];

/** Which executions to run: `runs` of them, starting at `from`. */
export interface Stretch {
  readonly seed: number;
  readonly from: number;
  readonly runs: number;
}

/** @throws Error with the command that reproduces the execution in which a promise was broken */
export async function fuzz(target: Target, { seed, from, runs }: Stretch): Promise<void> {
  for (let i = from; i < from + runs; i++) {
    try {
      await target.execute(createRandom(seed, i));
    } catch (error) {
      const again = `npm run fuzz -- --only=${target.name} --seed=${seed} --from=${i} --runs=1`;
      throw new Error(`${error instanceof Error ? error.message : error}\nagain: ${again}`, { cause: error });
    }
  }
}
