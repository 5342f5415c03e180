import { withDeadline } from "../lib/deadline.ts";
import { fanOut } from "../lib/fan-out.ts";
import type { StoreCallOptions } from "../store.ts";
import type { RedisCommand, ScriptCall } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { isNoScript, isTryAgain, storeFailure, unexpectedReply } from "./faults.ts";
import { SCRIPTS } from "./scripts.ts";

/** Sends commands within one deadline. */
export interface Send {
  (call: RedisCommand | ScriptCall): Promise<unknown>;
  /** Sends several commands at once. The reply of a command that failed is an `Error`. */
  all(commands: readonly RedisCommand[]): Promise<readonly unknown[]>;
}

/**
 * Runs work within the timeout and the caller's signal. It rejects with the signal's reason, or a `StoreUnavailableError`, or a
 * `DataError` if the session is too large for the server.
 */
export type Run = <T>(options: StoreCallOptions | undefined, work: (send: Send) => Promise<T>) => Promise<T>;

/** Milliseconds between two attempts while a cluster moves a slot. */
const TRY_AGAIN_EVERY = 25;

/** @param timeout - milliseconds */
export function createRunner(connection: RedisConnection, timeout: number): Run {
  return async (options, work) => {
    const caller = options?.signal;
    // Before anything is opened: background work that `disconnect` has stopped must not connect again.
    caller?.throwIfAborted();
    if (connection.open !== undefined) await connection.open();
    try {
      return await withDeadline(timeout, caller, (signal) => work(senderOf(connection, signal)));
    } catch (error) {
      if (caller?.aborted) throw caller.reason;
      throw storeFailure(error);
    }
  };
}

function senderOf(connection: RedisConnection, signal: AbortSignal): Send {
  const signals = fanOut(signal);

  async function sendOnce(command: RedisCommand): Promise<unknown> {
    signal.throwIfAborted();
    const own = signals.take();
    try {
      return await connection.send(command, own);
    } finally {
      signals.giveBack(own);
    }
  }

  /** Retries after TRYAGAIN: the slot is moving, some of the keys are already on the new node, and the command changed nothing. */
  async function sendCommand(command: RedisCommand): Promise<unknown> {
    for (;;) {
      try {
        return await sendOnce(command);
      } catch (error) {
        if (!isTryAgain(error) || signal.aborted) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_EVERY));
        if (signal.aborted) throw error;
      }
    }
  }

  async function sendScript(call: ScriptCall): Promise<unknown> {
    const { text, sha1 } = SCRIPTS[call.script];
    try {
      return await sendCommand(evalOf("EVALSHA", sha1, call));
    } catch (error) {
      if (!isNoScript(error)) throw error;
      return sendCommand(evalOf("EVAL", text, call));
    }
  }

  const { sendAll } = connection;
  return Object.assign(
    async (call: RedisCommand | ScriptCall): Promise<unknown> =>
      "script" in call ? sendScript(call) : sendCommand(call),
    {
      async all(commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
        if (sendAll !== undefined && commands.length > 1) {
          const replies = await sendAll(commands, signal);
          if (replies.length !== commands.length) throw unexpectedReply();
          return replies;
        }
        return Promise.all(commands.map((each) => sendCommand(each).catch(asError)));
      },
    },
  );
}

const evalOf = (
  name: "EVAL" | "EVALSHA",
  which: string,
  { script: _, keys, args, ...effect }: ScriptCall,
): RedisCommand => ({
  name,
  keys,
  args: [name, which, String(keys.length), ...keys, ...args],
  ...effect,
});

const asError = (error: unknown): Error => (error instanceof Error ? error : storeFailure(error));
