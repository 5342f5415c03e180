import { type Agreeing, agree } from "../redis/value.ts";
import type { ReadKeys, Snapshot } from "../store.ts";
import type { EndReason } from "./types.ts";

/** A live session as a look found it. */
export interface Found {
  readonly snapshot: Snapshot;
  readonly headers: Agreeing;
}

/** One watch of a session. */
export interface Sink {
  /** A look found the session live, so Redis answers. */
  found(found: Found): void;
  ended(reason: EndReason): void;
  /** Redis doesn't answer. Until the session is found again, nobody knows whether it is live. */
  unknown(): void;
  /** The follower was stopped. */
  stopped(): void;
}

/** What a look at a session returned. */
export interface Look {
  readonly snapshot: Snapshot;
  /** Milliseconds until its idle timeout ends it; `undefined` if the store doesn't say. */
  readonly idle: number | undefined;
}

/** How much earlier than its idle timeout a session may be missing and still count as idle: PTTL and clocks are rounded. */
const SLACK_MS = 500;

/** A session that one or more watches follow. */
export class Followed {
  readonly keys: ReadKeys;
  /** When the absolute lifetime ends, Unix seconds. */
  readonly deadline: number;
  readonly sinks: Set<Sink> = new Set();
  /** Whether the store reports the next change. */
  isTracked = false;
  /** The newest generation of its tokens that are watched. What is older was written before that token was made. */
  generation = 0;
  /** When it is due to end by itself, on `performance`'s clock. */
  due: number = Number.POSITIVE_INFINITY;
  /** What the last look found, if the session was live. */
  #before: Agreeing | undefined;
  #hasIdle = false;

  constructor(keys: ReadKeys, deadline: number) {
    this.keys = keys;
    this.deadline = deadline;
  }

  /**
   * Whether a replica that lags could have answered so: as if the session had ended, or older than an earlier look or than a watched
   * token. A look that is no answer needs no doubt.
   */
  doubts(look: Look | undefined): boolean {
    if (look === undefined) return false;
    try {
      const headers = agree(look.snapshot, this.keys.person !== undefined);
      if (headers === null || headers.session.generation < this.generation) return true;
      return this.#before !== undefined && isOlder(headers, this.#before);
    } catch {
      return false;
    }
  }

  /**
   * Judges a look.
   *
   * @param now - Unix seconds
   * @returns the live session, or why it ended
   * @throws StoreUnavailableError if the value is no answer
   */
  judge({ snapshot, idle }: Look, now: number): Found | EndReason {
    const headers = this.isOver(now) ? null : agree(snapshot, this.keys.person !== undefined);
    if (headers === null) return this.#reasonOf(snapshot, now);
    this.#before = headers;
    this.#hasIdle = idle !== undefined && idle >= 0;
    const untilEnd = Math.min((this.deadline - now) * 1000, this.#hasIdle ? (idle as number) : Infinity);
    this.due = performance.now() + untilEnd;
    return { snapshot, headers };
  }

  isOver(now: number): boolean {
    return this.deadline - now < 1;
  }

  #reasonOf({ session, person }: Snapshot, now: number): EndReason {
    if (this.#before === undefined) return "not_live";
    if (this.isOver(now)) return "deadline";
    const epoch = this.#before.person?.epoch;
    const isOfEpoch = epoch === undefined || person?.split(" ", 2)[1] === epoch;
    if (session !== null || !isOfEpoch) return "destroyed_all";
    if (!this.#hasIdle) return "ended";
    return performance.now() >= this.due - SLACK_MS ? "idle" : "destroyed";
  }
}

/** Whether a session was changed, rotated or signed less often. All counts only rise, unless a failover loses a write. */
const isOlder = (one: Agreeing, other: Agreeing): boolean =>
  one.session.generation < other.session.generation ||
  one.session.revision < other.session.revision ||
  (one.person?.serial ?? "") < (other.person?.serial ?? "");
