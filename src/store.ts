import type { RedisCommand, ScriptCall } from "./redis/command.ts";
import type { StoreTracking } from "./redis/tracking.ts";
import type { SessionKeys } from "./token/keys.ts";
import type { Line } from "./token/lines.ts";

/** Options of a single call to a store. */
export interface StoreCallOptions {
  /** Cancels the call: the promise rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a call that depends on the time. */
export interface TimedCallOptions extends StoreCallOptions {
  /** The service's time in Unix seconds, used if Redis refuses `TIME`. */
  readonly now: number;
}

/** How recent the answer to a read has to be. */
export interface Freshness {
  /** Whether to ask the primary, bypassing replicas and `cache`. */
  readonly fresh?: boolean | undefined;
  /** A store's `mark`: the answer has what that store had written. A store that can't wait for it asks the primary. */
  readonly after?: string | undefined;
}

/** Options of a check. */
export interface CheckOptions extends TimedCallOptions, Freshness {
  /** Restarts the idle timeout in the same round trip: seconds to live. `undefined` leaves it alone. */
  readonly slideTo?: number | undefined;
  /** Whether to ask the primary once more before answering that there is no session. */
  readonly confirmNull?: boolean | undefined;
}

/** A session that is about to be stored. */
export interface NewSession {
  readonly redis: SessionKeys;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds. */
  readonly deadline: number;
  /** Seconds to live. */
  readonly ttl: number;
  /** Line 2 of the value: subject, meta and actor. */
  readonly facts: string;
  /** Line 3: the data. */
  readonly data: string;
  /** Line 4: how the user proved who they are, if that is known. */
  readonly auth?: string | undefined;
  /** Whether these lines are encrypted. */
  readonly isSealed: boolean;
}

/** A session that is stored, or might be. */
export type StoredSession = Pick<NewSession, "redis" | "ttl">;

/** The limit of sessions per person. */
export interface SessionLimit {
  readonly max: number;
  /** Whether to end the oldest sessions to make room; otherwise `create` rejects. */
  readonly endOldest: boolean;
}

/** Options of `create`. */
export interface CreateOptions extends TimedCallOptions {
  readonly limit?: SessionLimit | undefined;
  /** Sessions that don't count against the limit, by their names in the person's index. */
  readonly uncounted?: readonly string[] | undefined;
}

/** The session of a token, and the token's generation. */
export interface SessionRef {
  readonly redis: SessionKeys;
  readonly generation: number;
}

/** What a check found. */
export interface CheckedSession {
  /** `false` if a rotated token was reused, which has ended the session. */
  readonly isLive: boolean;
  /** When it was signed: Unix seconds in ten digits. */
  readonly iat: string;
  /** Line 2 of the session's value: subject, meta and actor. */
  readonly facts: string;
  /** Line 4 of the session's value, if there is one: how the user proved who they are. */
  readonly auth?: string | undefined;
  /** The line with the data, from the session's value or its person's. */
  readonly data: string;
  /** Which of the two it came from. */
  readonly dataAt: Line;
}

/** What a store supports beyond the minimum. */
export interface StoreCapabilities {
  /** Whether it has Redis hashes. `legacy()` needs them, since the libraries of 2017 stored sessions in hashes. */
  readonly hashes: boolean;
}

/**
 * Stores sessions. It knows the values of the wire format, but no secrets.
 *
 * Every store promises the following, and the contract suite in `redis-web-token/testing` checks it:
 * - each method, command and script is atomic;
 * - only `create` makes a session, and nothing brings back one that is gone;
 * - a call that can't get an answer rejects with `StoreUnavailableError`, and never answers as if there were no session;
 * - a call settles within the store's timeout, and when its signal aborts.
 */
export interface TokenStore extends RedisExecutor {
  /**
   * Stores a new session, and with a subject its person and index, in one step. Retrying it succeeds. If no answer comes, the store
   * calls `endLater`, since the session may have been stored.
   *
   * @throws SessionLimitError if the person has too many sessions and the oldest must not make room
   */
  create(session: NewSession, options: CreateOptions): Promise<void>;

  /** Returns a token's session if it is live. Ends the session if the token is reused after a rotation. */
  check(session: SessionRef, options: CheckOptions): Promise<CheckedSession | null>;

  /**
   * Sets a live session's time to live.
   *
   * @returns whether the session is live
   */
  extend(session: SessionRef, ttl: number, options: TimedCallOptions): Promise<boolean>;

  /**
   * Ends a session, by a token of any generation.
   *
   * @returns whether it was live
   */
  destroy(session: SessionRef, options?: StoreCallOptions): Promise<boolean>;

  /**
   * Ends a session whose token nobody holds: in the background, as soon as Redis answers. Until then it doesn't count against a limit.
   */
  endLater(session: StoredSession): void;

  /**
   * Runs background work that no call waits for, such as removing ended sessions. Its signal aborts at `disconnect`, so that it
   * doesn't open the connection again.
   */
  later(work: (options: StoreCallOptions) => Promise<unknown>): void;
}

/** The keys that a check reads. */
export type ReadKeys = Pick<SessionKeys, "session" | "person">;

/** Options of `read`. */
export interface ReadOptions extends StoreCallOptions, Freshness {
  /** As in {@link CheckOptions}. */
  readonly slideTo?: number | undefined;
}

/** The values of a session and its person, read at the same moment. */
export interface Snapshot {
  readonly session: string | null;
  readonly person?: string | null | undefined;
  /** Milliseconds since the session's idle timeout last restarted, if the reader knows. */
  readonly sinceSlide?: number | undefined;
}

/** Something that runs Redis commands. */
export interface RedisExecutor {
  readonly capabilities: StoreCapabilities;

  /** Reads a session and its person in one round trip. Concurrent reads may share the round trip. */
  read(keys: ReadKeys, options?: ReadOptions): Promise<Snapshot>;

  /** How to hear of changes as they happen, for `watch()`. Without it, `watch()` reads every few seconds. */
  readonly tracking?: StoreTracking | undefined;

  /**
   * Names all that this store has written, as opaque text, so that another store of the same Redis can wait for it. `""` if it
   * can't be named: then only the primary is known to have it.
   */
  mark(): string;

  /** Runs a command or a script, and returns its reply: text, an integer, `null` for nil, or an array of these. */
  run(call: RedisCommand | ScriptCall, options?: StoreCallOptions): Promise<unknown>;

  /** Runs several commands in one round trip, and returns their replies in the same order. They aren't a transaction. */
  runAll(commands: readonly RedisCommand[], options?: StoreCallOptions): Promise<readonly unknown[]>;

  /** Opens the connection now rather than at the first call, and checks that Redis answers. */
  connect(options?: StoreCallOptions): Promise<void>;

  /** Closes connections that the store opened. The next call opens them again. Sessions stay. */
  disconnect(): Promise<void>;
}
