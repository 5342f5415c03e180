import type { RedisCommand, ScriptCall } from "./redis/command.ts";

/** Options of a single call to a store. */
export interface StoreCallOptions {
  /** Ends the call early; the promise then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a store's `read`. */
export interface ReadOptions extends StoreCallOptions {
  /** Seconds to live that the session gets in the same round trip; none to leave it alone. */
  readonly slideTo?: number | undefined;
}

/** Which values a check needs. */
export interface ReadKeys {
  readonly session: string;
  /** None for a session without a subject. */
  readonly person?: string | undefined;
}

/** The values of a session and its person, both of one moment. */
export interface Snapshot {
  readonly session: string | null;
  readonly person?: string | null | undefined;
}

/** What a store can do besides. */
export interface StoreCapabilities {
  /** Whether it has hashes, in which the libraries of 2017 kept sessions: `legacy()` needs them. */
  readonly hashes: boolean;
}

/**
 * Where sessions live: something that runs Redis commands. It knows nothing of tokens or secrets.
 *
 * What every store promises, and the contract suite in `redis-web-token/testing` checks:
 * - a command or a script is one step;
 * - a call that can't find out rejects with `StoreUnavailableError`, never answers as if there were nothing;
 * - a call ends within the store's timeout, and when its signal aborts.
 */
export interface TokenStore {
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
