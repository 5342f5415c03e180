import { knownOptions, wholeNumber } from "../lib/check.ts";
import { DeadlinePassed } from "../lib/deadline.ts";
import { notAsked, storeUnavailable } from "./fault.ts";
import type { RedisConnection } from "./redis.ts";

/** When a store stops asking a Redis that can't be reached, and when it tries again. */
export interface BreakerOptions {
  /**
   * After how many commands in a row that timed out, or whose connection failed.
   * @default 5
   */
  readonly failures?: number | undefined;
  /**
   * Milliseconds after which one call tries again; the others go on failing at once until it is answered.
   * @default 1000
   */
  readonly retryAfter?: number | undefined;
}

/** Some 24 days. */
const MAX_RETRY_AFTER = 0x7fff_ffff;

/**
 * A connection that fails at once, with the reason `"breaker"`, after so many failures in a row. Whatever Redis
 * answers ends the row, an error too: it was reached.
 *
 * It keeps two numbers and no timer, so that on Workers nothing outlives a request, and requests may share it.
 */
export function withBreaker(
  connection: RedisConnection,
  options: BreakerOptions | undefined,
): RedisConnection {
  if (options === undefined) return connection;
  const { failures = 5, retryAfter = 1000 } = knownOptions("breaker", options, ["failures", "retryAfter"]);
  wholeNumber("failures", "failures", failures);
  wholeNumber("retryAfter", "milliseconds", retryAfter, MAX_RETRY_AFTER);
  let inRow = 0;
  /** When the last failure was told, or the last trial began. */
  let since = 0;

  function admit(): void {
    if (inRow < failures) return;
    const elapsed = Date.now() - since;
    // Less than none: the clock was set back.
    if (elapsed >= 0 && elapsed < retryAfter) throw notAsked();
    since = Date.now();
  }

  function fail(): void {
    inRow++;
    since = Date.now();
  }

  return {
    ...connection,
    async send(command, signal) {
      admit();
      const onAbort = (): void => {
        if (signal.reason instanceof DeadlinePassed) fail();
      };
      signal.addEventListener("abort", onAbort);
      try {
        const reply = await connection.send(command, signal);
        if (!signal.aborted) inRow = 0;
        return reply;
      } catch (error) {
        // What comes after the abort has been counted with it, or tells of a caller's patience alone.
        if (!signal.aborted) {
          const { reason } = storeUnavailable(error);
          if (reason === "network" || reason === "timeout") fail();
          else inRow = 0;
        }
        throw error;
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}
