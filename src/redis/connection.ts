import type { RedisCommand } from "./command.ts";

/** All that a Redis client has to do for `redisStore`. */
export interface RedisConnection {
  /**
   * Sends one command and gives its reply: text, an integer, an array of these, or `null` for nil. Any error may be
   * thrown; the store takes from it what is safe to show.
   *
   * @param signal - aborts when nobody waits for the reply any more; a client that can't cancel ignores it
   */
  send(command: RedisCommand, signal: AbortSignal): Promise<unknown>;
  /**
   * Sends several commands as one request, for a client that would make one of each. Gives their replies in the same
   * order, an `Error` for one that failed.
   */
  readonly sendAll?:
    | ((commands: readonly RedisCommand[], signal: AbortSignal) => Promise<readonly unknown[]>)
    | undefined;
  /**
   * Runs work after the event loop's turn, such as a server's `setImmediate`: the reads of many requests are batched until
   * then. Never on Workers, where no request may wait for another's I/O. By default the reads of one tick are batched.
   */
  readonly afterTurn?: Schedule | undefined;
  /** Whether the client itself writes after the turn: then only the reads of one tick are batched, to wait for one turn. */
  readonly writesAfterTurn?: boolean | undefined;
  /**
   * Whether one server has all keys, so that `MGET` may name any of them. Not for a cluster, whose sessions are then read
   * key by key, which a slot that moves doesn't hold up.
   */
  readonly oneServer?: boolean | undefined;
  /**
   * Gets ready to send, where that takes long and says nothing of Redis, such as loading a client. It doesn't count
   * towards the timeout, and what it throws is thrown as it is.
   */
  open?(): Promise<unknown>;
  /**
   * Asks to be told of each key that someone else changes, from the first command on; of `null` where some may have been
   * missed. Only the option `cache` asks for it.
   *
   * @param untracked - called once where the server refuses to tell
   */
  readonly watch?: ((changed: (key: string | null) => void, untracked: () => void) => void) | undefined;
  /** Closes what the adapter itself opened; what is sent afterwards opens it again. */
  close(): Promise<void>;
}

/** Runs work later. */
export type Schedule = (work: () => void) => unknown;
