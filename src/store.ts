import type { RedisCommand, ScriptCall } from "./redis/command.ts";
import type { SessionKeys } from "./token/keys.ts";
import type { Line } from "./token/lines.ts";

/** Options of a single call to a store. */
export interface StoreCallOptions {
  /** Ends the call early; the promise then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** A call that depends on the time. */
export interface TimedCallOptions extends StoreCallOptions {
  /** The service's clock, Unix seconds, for a Redis that doesn't tell the time. */
  readonly now: number;
}

/** Options of a check. */
export interface CheckOptions extends TimedCallOptions {
  /** Seconds to live that the session gets in the same round trip; none to leave it alone. */
  readonly slideTo?: number | undefined;
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
  /** Line 2 of the value: subject and meta. */
  readonly facts: string;
  /** Line 3: the data. */
  readonly data: string;
  /** Whether these lines are encrypted. */
  readonly isSealed: boolean;
}

/** A session that is stored, or may be. */
export type StoredSession = Pick<NewSession, "redis" | "ttl">;

/** How many sessions a person may have at a time. */
export interface SessionLimit {
  readonly max: number;
  /** Whether the oldest make room, rather than the sign being refused. */
  readonly endOldest: boolean;
}

/** Options of `create`. */
export interface CreateOptions extends TimedCallOptions {
  readonly limit?: SessionLimit | undefined;
  /** Names in the person's index of sessions that don't count against the limit. */
  readonly uncounted?: readonly string[] | undefined;
}

/** A token's session, and which generation of its tokens asks. */
export interface SessionRef {
  readonly redis: SessionKeys;
  readonly generation: number;
}

/** What a check found. */
export interface CheckedSession {
  /** `false` where the token was reused after it had been rotated away: the session has been ended. */
  readonly isLive: boolean;
  /** When it was signed: Unix seconds in ten digits. */
  readonly iat: string;
  /** Line 2 of the session's value: subject and meta. */
  readonly facts: string;
  /** The line with the data, of the session's value or of its person's. */
  readonly data: string;
  /** Where that line stands. */
  readonly dataAt: Line;
}

/** What a store can do besides. */
export interface StoreCapabilities {
  /** Whether it has hashes, in which the libraries of 2017 kept sessions: `legacy()` needs them. */
  readonly hashes: boolean;
}

/**
 * Where sessions live. It knows the wire format's values, and nothing of secrets.
 *
 * What every store promises, and the contract suite in `redis-web-token/testing` checks:
 * - each method, command and script is one step;
 * - only `create` makes a session; nothing brings back one that is gone;
 * - a call that can't find out rejects with `StoreUnavailableError`, never answers as if there were nothing;
 * - a call ends within the store's timeout, and when its signal aborts.
 */
export interface TokenStore extends RedisExecutor {
  /**
   * Stores a new session; with a subject, person and index in the same step. A retry is success. Where no answer comes, what may
   * have been stored is taken back, as by `endLater`.
   *
   * @throws SessionLimitError
   */
  create(session: NewSession, options: CreateOptions): Promise<void>;

  /** Whether a token's session lives, and what it holds; ends it where the token is reused. */
  check(session: SessionRef, options: CheckOptions): Promise<CheckedSession | null>;

  /**
   * Sets the time to live of a session that a check would call live.
   *
   * @returns whether there was one
   */
  extend(session: SessionRef, ttl: number, options: TimedCallOptions): Promise<boolean>;

  /**
   * Ends a session, whichever generation of its tokens asks.
   *
   * @returns whether it was live
   */
  destroy(session: SessionRef, options?: StoreCallOptions): Promise<boolean>;

  /** Ends a session whose token nobody holds, in the background, as soon as Redis answers. Until then it counts against no limit. */
  endLater(session: StoredSession): void;

  /**
   * Does work that no call waits for, such as giving memory back. Its signal aborts at `disconnect`, so that nothing opens the
   * connection again.
   */
  later(work: (options: StoreCallOptions) => Promise<unknown>): void;
}

/** Which values a check needs. */
export type ReadKeys = Pick<SessionKeys, "session" | "person">;

/** Options of `read`. */
export interface ReadOptions extends StoreCallOptions {
  /** As in {@link CheckOptions}. */
  readonly slideTo?: number | undefined;
}

/** The values of a session and its person, both of one moment. */
export interface Snapshot {
  readonly session: string | null;
  readonly person?: string | null | undefined;
  /** When the session's idle timeout restarted last, on `performance`'s clock, where the one who read it knows. */
  readonly slidAt?: number | undefined;
}

/** Something that runs Redis commands. */
export interface RedisExecutor {
  readonly capabilities: StoreCapabilities;

  /** Reads a session and its person in one round trip; reads of one moment may share it. */
  read(keys: ReadKeys, options?: ReadOptions): Promise<Snapshot>;

  /** Runs a command or a script, and gives its reply: text, an integer, `null` for nil, or an array of these. */
  run(call: RedisCommand | ScriptCall, options?: StoreCallOptions): Promise<unknown>;

  /** Runs several commands in one round trip, each a step of its own, and gives their replies in the same order. */
  runAll(commands: readonly RedisCommand[], options?: StoreCallOptions): Promise<readonly unknown[]>;

  /** Opens what the store needs now rather than at the first call, and checks that it answers. */
  connect(options?: StoreCallOptions): Promise<void>;

  /** Closes what the store itself opened; the next call opens it again. Sessions stay. */
  disconnect(): Promise<void>;
}
