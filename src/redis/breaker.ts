import { DeadlinePassed } from "../lib/deadline.ts";
import type { RedisCommand } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { notAsked, storeUnavailable } from "./faults.ts";
import type { BreakerSettings } from "./options.ts";

/**
 * Makes calls fail at once, with the reason `"breaker"`, after `failures` failures in a row. Any reply resets the count, even an
 * error, since it shows that Redis can be reached.
 *
 * It keeps two numbers and no timer: on Workers nothing outlives a request, and requests may share it.
 */
export function withBreaker(
  connection: RedisConnection,
  { failures, retryAfter }: BreakerSettings,
): RedisConnection {
  let inRow = 0;
  /** When the last failure was counted, or the last trial call began. */
  let since = 0;

  /** Whether calls fail at once. `elapsed` is negative after the clock was set back; calls are sent then. */
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

  /** Sends a command that no caller waits for. It is refused like others, but it isn't a trial, and its failure doesn't count. */
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
      // After an abort: `onAbort` has counted a timeout, and a caller's own abort says nothing about Redis.
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
    // A call that will be refused must not open a connection.
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
