/** Options of a single call to a store. */
export interface StoreCallOptions {
  /** Ends the call early; the promise then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** The index of a subject's sessions that a new one joins. All its keys lie in one Redis Cluster slot. */
export interface IndexEntry {
  /** The index's whole key. */
  readonly key: string;
  /** The session's name in it, with which the session's own key ends. */
  readonly member: string;
  /** The absolute end of the session's life, Unix seconds. */
  readonly deadline: number;
  /** Unix seconds. */
  readonly now: number;
}

/** A session that is about to be stored. */
export interface NewEntry {
  /** The whole key, prefix included. */
  readonly key: string;
  /** The session as text. */
  readonly value: string;
  /** Seconds until the entry is gone, a whole number of at least 1. */
  readonly ttl: number;
  /** The index that it joins in the same step; none for a session without a subject. */
  readonly index?: IndexEntry | undefined;
}

/**
 * Where sessions live. Text in, text out: a store knows nothing of tokens or secrets.
 *
 * What every store promises, and the contract suite in `redis-web-token/testing` checks:
 * - no entry without an end: each has a time to live from the moment it exists;
 * - only `create` makes an entry; no other method brings back one that is gone;
 * - each method is atomic;
 * - a method that can't find out rejects with `StoreUnavailableError`, never answers `null` or `false`.
 */
export interface TokenStore {
  /**
   * Stores a new entry. Sent twice with the same key and value, as a client does that retries after a lost
   * reply, it answers `true` twice.
   *
   * With an `index`, the entry joins it in the same step. The index lives as long as the last of its members may, and
   * each creation takes some members out of it whose entries are gone, so that it stays within about twice those
   * that live.
   *
   * @returns `false` where another entry has that key already; that one is left as it was.
   */
  create(entry: NewEntry, options?: StoreCallOptions): Promise<boolean>;

  /**
   * Reads an entry and, where `slideTo` is given, sets its time to live to that many seconds in the same step.
   *
   * @returns the value, or `null` where there is none.
   */
  read(
    key: string,
    options?: StoreCallOptions & { readonly slideTo?: number | undefined },
  ): Promise<string | null>;

  /**
   * Sets an entry's time to live, in seconds.
   *
   * @returns whether there was one.
   */
  extend(key: string, ttl: number, options?: StoreCallOptions): Promise<boolean>;

  /**
   * Ends an entry.
   *
   * @returns whether there was one.
   */
  remove(key: string, options?: StoreCallOptions): Promise<boolean>;

  /** Opens what the store needs now rather than at the first call, and checks that it answers. */
  connect(options?: StoreCallOptions): Promise<void>;

  /** Closes what the store itself opened; the next call opens it again. Entries stay. */
  disconnect(): Promise<void>;
}
