import { DeadlinePassed } from "../lib/deadline.ts";
import type { RedisCommand } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { notAsked, storeUnavailable } from "./faults.ts";
import type { BreakerSettings } from "./options.ts";

/**
 * A connection that fails at once, with the reason `"breaker"`, after so many failures in a row. Whatever Redis
 * answers ends the row, an error too: it was reached.
 *
 * It keeps two numbers and no timer, so that on Workers nothing outlives a request, and requests may share it.
 */
export function withBreaker(
  connection: RedisConnection,
  { failures, retryAfter }: BreakerSettings,
): RedisConnection {
  let inRow = 0;
  /** When the last failure was told, or the last trial began. */
  let since = 0;

  /** Whether calls fail at once. Less time than none has passed where the clock was set back. */
  function isClosedToCalls(): boolean {
    const elapsed = Date.now() - since;
    return inRow >= failures && elapsed >= 0 && elapsed < retryAfter;
  }

  function admit(): void {
    if (isClosedToCalls()) throw notAsked();
    if (inRow >= failures) since = Date.now();
  }

  function fail(): void {
    inRow++;
    since = Date.now();
  }

  /** A call that no caller waits for is sent only while Redis answers, and its failure doesn't count. */
  async function inBackground(command: RedisCommand, signal: AbortSignal): Promise<unknown> {
    if (isClosedToCalls()) throw notAsked();
    const reply = await connection.send(command, signal);
    inRow = 0;
    return reply;
  }

  async function guarded<Reply>(signal: AbortSignal, send: () => Promise<Reply>): Promise<Reply> {
    admit();
    const onAbort = (): void => {
      if (signal.reason instanceof DeadlinePassed) fail();
    };
    signal.addEventListener("abort", onAbort);
    try {
      const reply = await send();
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
  }

  const { sendAll } = connection;
  return {
    ...connection,
    // A call that isn't made needs no connection either.
    async open() {
      if (isClosedToCalls()) throw notAsked();
      await connection.open?.();
    },
    send: (command, signal) =>
      command.background
        ? inBackground(command, signal)
        : guarded(signal, () => connection.send(command, signal)),
    sendAll: sendAll && ((commands, signal) => guarded(signal, () => sendAll(commands, signal))),
  };
}
