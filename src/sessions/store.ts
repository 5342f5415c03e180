import type { IndexEntry, NewEntry, StoreCallOptions } from "../store.ts";

/** Where a subject's sessions are: all of its keys lie in one Redis Cluster slot. */
export interface SubjectKeys {
  /** What all of the slot's keys begin with. */
  readonly base: string;
  /** The index's key. */
  readonly index: string;
}

/** Where a session is. */
export interface SessionKeys {
  readonly base: string;
  readonly lookup: string;
}

/** What all keys of a session's slot begin with, from the session's own. */
export const baseOf = (key: string, lookup: string): string => key.slice(0, -`s:${lookup}`.length);

/** A session in a list. */
export interface ListedEntry {
  readonly member: string;
  readonly deadline: number;
  /** Seconds that it lives unless it is used, with a fraction. */
  readonly idle: number;
  readonly value: string;
}

/** Behind which member a list goes on. */
export interface ListPosition {
  readonly member: string;
  readonly deadline: number;
}

export interface ListRequest {
  readonly limit: number;
  readonly after: ListPosition | undefined;
  /** The caller's own session, or one that it was before a rotation. */
  readonly own: string | undefined;
}

export interface ListedPage {
  readonly entries: readonly ListedEntry[];
  /** What the caller's own session is by now. */
  readonly own: string;
  /** Where the next page begins; none at the end. */
  readonly next: ListPosition | undefined;
}

export interface Rotation extends SessionKeys {
  readonly successor: { readonly lookup: string; readonly body: string; readonly ttl: number };
  /** Seconds for which the old token still works. */
  readonly grace: number;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds in which asking again gives the same successor, even without a grace. */
  readonly again: number;
  /** The session's, Unix seconds, after `now`. */
  readonly deadline: number;
}

/** What came of a rotation: the successor's body, or the value of the session that ended since this was a replay. */
export type Rotated = { readonly body: string } | { readonly victim: string } | null;

export interface SessionLimit {
  readonly max: number;
  readonly endOldest: boolean;
}

/**
 * What a store has to do for a person's sessions, beyond a `TokenStore`. Each call is one step, and one round trip; but
 * those over all sessions are one for each 1,000, or 100 where each is written.
 */
export interface SessionStore {
  /** Like `create`; `"limit"` where the subject has so many sessions already. */
  createLimited(
    entry: NewEntry & { readonly index: IndexEntry },
    limit: SessionLimit,
    options: StoreCallOptions,
  ): Promise<boolean | "limit">;
  list(keys: SubjectKeys, request: ListRequest, options: StoreCallOptions): Promise<ListedPage>;
  /** @param except - the lookup of a session that stays */
  endAll(keys: SubjectKeys, except: string | undefined, options: StoreCallOptions): Promise<number>;
  endMember(keys: SubjectKeys, member: string, options: StoreCallOptions): Promise<boolean>;
  /** Ends a session and whatever came of it by rotation. */
  end(keys: SessionKeys, options: StoreCallOptions): Promise<boolean>;
  /**
   * Ends what came of a token that was rotated away, if it is shown too late: after its grace and the time in which
   * rotating may be asked for again. Gives the session's value, if one lived.
   *
   * @param now - Unix seconds
   */
  endReused(keys: SessionKeys, now: number, options: StoreCallOptions): Promise<string | null>;
  /** As a store's `extend`, but that a copy which a rotation left lives no longer than its grace. */
  extend(keys: SessionKeys, ttl: number, now: number, options: StoreCallOptions): Promise<boolean>;
  /** @param data - JSON */
  update(keys: SessionKeys, data: string, now: number, options: StoreCallOptions): Promise<boolean>;
  updateAll(keys: SubjectKeys, data: string, options: StoreCallOptions): Promise<number>;
  rotate(rotation: Rotation, options: StoreCallOptions): Promise<Rotated>;
}
