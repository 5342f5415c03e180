import { UpdateConflictError } from "../errors.ts";
import { untilAborted } from "../lib/on-abort.ts";
import type { StoreCallOptions } from "../store.ts";

/** The longest wait between two attempts, in milliseconds. */
const LONGEST_WAIT = 50;

/**
 * Repeats an attempt to read, change and write while others change the same in between. The signal also ends the wait for the
 * caller's function.
 *
 * @param attempt - returns `null` if a change of others came in between
 * @throws UpdateConflictError if that happened at the first attempt and at each of `retries`
 */
export const compareAndSet = (
  attempt: () => Promise<boolean | null>,
  retries: number,
  { signal }: StoreCallOptions,
): Promise<boolean> => untilAborted(signal, repeat(attempt, retries, signal));

async function repeat(
  attempt: () => Promise<boolean | null>,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (let retry = 0; ; retry++) {
    const done = await attempt();
    if (done !== null) return done;
    if (retry === retries)
      throw new UpdateConflictError(
        `others made changes in between, ${retries + 1} times in a row: retry later, or raise retries`,
      );
    // Wait longer after each attempt, so that with many callers each gets its turn.
    const wait = Math.random() * Math.min(2 * retry, LONGEST_WAIT);
    await new Promise((resolve) => setTimeout(resolve, wait));
    signal?.throwIfAborted();
  }
}
