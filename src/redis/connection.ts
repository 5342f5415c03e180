import type { TimeLimit } from "../lib/time-limit.ts";
import type { RedisCommand } from "./command.ts";
import type { OpenLink } from "./tracking.ts";

/** What a Redis client has to do for `redisStore`. */
export interface RedisConnection {
  /**
   * Sends one command and gives its reply: text, an integer, an array of these, or `null` for nil. It may throw any error; the
   * store takes from it what is safe to show.
   *
   * @param limit - its `signal` aborts when nobody waits for the reply any more; ignore it if the client can't cancel
   */
  send(command: RedisCommand, limit: TimeLimit): Promise<unknown>;
  /**
   * Sends several commands in one request, for a client that would otherwise make a request for each. Gives the replies in the
   * same order, with an `Error` for a command that failed.
   */
  readonly sendAll?:
    | ((commands: readonly RedisCommand[], limit: TimeLimit) => Promise<readonly unknown[]>)
    | undefined;
  /**
   * Runs work after the event loop's turn, such as `setImmediate`, so that the reads of many requests share a batch. Leave it out on
   * Workers, where no request may wait for another's I/O: then only the reads of one tick share a batch.
   */
  readonly afterTurn?: Schedule | undefined;
  /**
   * Whether one server has all keys, so that one `MGET` may name any of them. Leave it out for a cluster: its sessions are then
   * read key by key, which a moving slot doesn't hold up.
   */
  readonly oneServer?: boolean | undefined;
  /**
   * Gets ready to send, for work that says nothing about Redis, such as loading a client. It doesn't count towards the timeout,
   * and what it throws is thrown as it is.
   */
  open?(): Promise<unknown>;
  /**
   * Calls `changed` with each key that another client changes, and with `null` if some changes may have been missed. The option
   * `cache` uses it.
   *
   * @param untracked - called once if the server refuses to tell
   */
  readonly watch?: ((changed: (key: string | null) => void, untracked: () => void) => void) | undefined;
  /**
   * Opens a connection of its own with `CLIENT TRACKING`, on which `watch()` of `redis-web-token/watch` reads the watched sessions.
   * Without it, they are read every few seconds.
   */
  readonly track?: OpenLink | undefined;
  /** For a Redis that answers reads from replicas: how reads wait for writes. Without it, every reply comes from the primary. */
  readonly sync?: ReplicaSync | undefined;
  /** Closes what the adapter itself opened. The next command opens it again. */
  close(): Promise<void>;
}

/** Tells which writes a replica must have before it answers a read. */
export interface ReplicaSync {
  /** Names all that this connection has written; `""` if that can't be named. Another connection to the same Redis can wait for it. */
  mark(): string;
  /**
   * Returns the `after` of a command that reads these keys, so that it sees what this connection has written.
   *
   * @param mark - what another connection has written, to be seen too
   * @returns `undefined` if no replica can be told, so that the primary has to be asked
   */
  waitFor(keys: readonly string[], mark?: string): string | undefined;
}

/** Runs work later. */
export type Schedule = (work: () => void) => unknown;
