import { type TimeLimit, withTimeLimit } from "../lib/time-limit.ts";
import type { StoreCallOptions } from "../store.ts";
import type { RedisCommand, ScriptCall } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { isNoScript, isTryAgain, storeFailure, unexpectedReply } from "./faults.ts";
import { SCRIPTS } from "./scripts.ts";

/** Sends the commands of one call, within its time limit. */
export interface Sender {
  send(call: RedisCommand | ScriptCall): Promise<unknown>;
  /** Sends several commands at once. The reply of a command that failed is an `Error`. */
  sendAll(commands: readonly RedisCommand[]): Promise<readonly unknown[]>;
}

/**
 * Runs work within the timeout and the caller's signal. It rejects with the signal's reason, or a `StoreUnavailableError`, or a
 * `DataError` if the session is too large for the server.
 */
export type Run = <T>(
  options: StoreCallOptions | undefined,
  work: (sender: Sender) => Promise<T>,
) => Promise<T>;

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
      return await withTimeLimit(timeout, caller, (limit) => work(new CallSender(connection, limit)));
    } catch (error) {
      if (caller?.aborted) throw caller.reason;
      throw storeFailure(error);
    }
  };
}

/** A class, since an object with functions of its own would take longer to make than a command to write. */
class CallSender implements Sender {
  readonly #connection: RedisConnection;
  readonly #limit: TimeLimit;

  constructor(connection: RedisConnection, limit: TimeLimit) {
    this.#connection = connection;
    this.#limit = limit;
  }

  send(call: RedisCommand | ScriptCall): Promise<unknown> {
    return "script" in call ? this.#sendScript(call) : this.#sendCommand(call);
  }

  async sendAll(commands: readonly RedisCommand[]): Promise<readonly unknown[]> {
    if (this.#connection.sendAll !== undefined && commands.length > 1) {
      const replies = await this.#connection.sendAll(commands, this.#limit);
      if (replies.length !== commands.length) throw unexpectedReply();
      return replies;
    }
    return Promise.all(commands.map((each) => this.#sendCommand(each).catch(asError)));
  }

  /** Retries after TRYAGAIN: the slot is moving, some of the keys are already on the new node, and the command changed nothing. */
  async #sendCommand(command: RedisCommand): Promise<unknown> {
    const limit = this.#limit;
    for (;;) {
      limit.throwIfOver();
      try {
        return await this.#connection.send(command, limit);
      } catch (error) {
        if (!isTryAgain(error) || limit.isOver) throw error;
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_EVERY));
        if (limit.isOver) throw error;
      }
    }
  }

  async #sendScript(call: ScriptCall): Promise<unknown> {
    const { text, sha1 } = SCRIPTS[call.script];
    try {
      return await this.#sendCommand(evalOf("EVALSHA", sha1, call));
    } catch (error) {
      if (!isNoScript(error)) throw error;
      return this.#sendCommand(evalOf("EVAL", text, call));
    }
  }
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
