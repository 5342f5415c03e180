import { TimeIsUp, type TimeLimit } from "../lib/time-limit.ts";
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
  async function inBackground(command: RedisCommand, limit: TimeLimit): Promise<unknown> {
    if (isClosedToCalls()) throw notAsked();
    const reply = await connection.send(command, limit);
    inRow = 0;
    return reply;
  }

  async function guarded<Reply>(limit: TimeLimit, send: () => Promise<Reply>): Promise<Reply> {
    admit();
    const letGo = limit.onOver(() => {
      if (limit.reason instanceof TimeIsUp) fail();
    });
    try {
      const reply = await send();
      if (!limit.isOver) inRow = 0;
      return reply;
    } catch (error) {
      // Once it is over: the listener has counted a timeout, and a caller's own abort says nothing about Redis.
      if (!limit.isOver) {
        const { reason } = storeUnavailable(error);
        if (reason === "network" || reason === "timeout") fail();
        else inRow = 0;
      }
      throw error;
    } finally {
      letGo();
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
    send: (command, limit) =>
      command.background
        ? inBackground(command, limit)
        : guarded(limit, () => connection.send(command, limit)),
    sendAll: sendAll && ((commands, limit) => guarded(limit, () => sendAll(commands, limit))),
  };
}
