import { LATE, NEVER, shown } from "../clock.ts";
import { diesFrom, type Generation } from "./generation.ts";
import type { Person } from "./person.ts";
import { type SharedWrite, type Write, write } from "./register.ts";

const LOG = 160;
/** Tolerance for the measurement of idle timeouts, milliseconds. */
const IDLE_EARLY = 60;
const IDLE_LATE = 150;
/** A token this many generations behind counts as reuse at any time. */
const FAR_BEHIND = 9;

/** A pending call whose token may be old, so that it may count as reuse. */
export interface Show {
  readonly token: Generation;
  readonly from: number;
}

/** The model of one session: when it may have ended and when it must have, its tokens, and its data. */
export class Session {
  readonly name: string;
  readonly person: Person;
  readonly signedFrom: number;
  signedBy = NEVER;
  /** The public id, which rotations don't change. */
  id = "";
  readonly expire: number;
  readonly generations: Generation[] = [];
  readonly writes = new Map<string, Write>();
  /** For each write, the update by a function that replaced it. */
  readonly followers = new Map<string, string>();

  mayEndFrom = NEVER;
  mayEndWhy = "";
  /** Whether something other than `maxSessions` may have ended it. */
  mayEndOtherwise = false;
  /** Pending operations that may end it. */
  readonly endings = new Set<{ readonly from: number }>();
  readonly shows = new Set<Show>();
  endedBy = NEVER;
  endedWhy = "";
  /** The operation that reported to have ended it, of which there can be only one. */
  ender = "";
  letIn = -NEVER;
  letInBy = "";
  listed = -NEVER;
  lastRead = -NEVER;

  /** The last certain and the last possible restart of the idle timeout, and the number of pending ones. */
  touched = -NEVER;
  mayBeTouched = -NEVER;
  touching = 0;
  deadline: number | undefined;
  /** The earliest time at which the deadline may have passed. */
  deadlineFrom = NEVER;
  /** Whether the index may lack it. */
  isUnlisted = false;
  /** Whether Redis may evict its keys at any time. */
  mayVanish = false;
  isRetired = false;
  /** Failed calls with old tokens, which may still count as reuse. */
  readonly lateShows: { readonly generation: number; readonly until: number }[] = [];
  readonly #log: string[] = [];

  constructor(name: string, person: Person, from: number, expire: number, firstWrite: string) {
    this.name = name;
    this.person = person;
    this.signedFrom = from;
    this.expire = expire;
    this.writes.set(firstWrite, { ...write(from), isAcknowledged: true });
  }

  get latest(): Generation | undefined {
    return this.generations.at(-1);
  }

  next(token: Generation): Generation | undefined {
    return this.generations[token.number + 1];
  }

  note(from: number, to: number, what: string): void {
    this.#log.push(`[${shown(from)}, ${shown(to)}] ${what}`);
    if (this.#log.length > LOG) this.#log.splice(0, LOG / 2);
  }

  get log(): readonly string[] {
    return this.#log;
  }

  mayEnd(from: number, why: string): void {
    if (!/^room|said null$/.test(why)) this.mayEndOtherwise = true;
    if (from >= this.mayEndFrom) return;
    this.mayEndFrom = from;
    this.mayEndWhy = why;
  }

  /** Registers a pending operation that may end the session. Call the result with whether it did. */
  beginEnding(from: number, why: string): (isPossible: boolean) => void {
    const ending = { from };
    this.endings.add(ending);
    return (isPossible) => {
      this.endings.delete(ending);
      if (isPossible) this.mayEnd(from, why);
    };
  }

  /** Whether the session may have ended before a time. */
  mayHaveEnded(time: number): boolean {
    if (this.mayVanish) return true;
    if (this.mayEndFrom < time || this.idleFrom() < time || this.deadlineFrom <= time) return true;
    for (const { from } of this.endings) if (from < time) return true;
    for (const { token, from } of this.shows) if (this.alarmFrom(token, from, time) < time) return true;
    return false;
  }

  /** Whether `verify` may return `null` for a token at a time. */
  mayBeNull(token: Generation, time: number): boolean {
    return this.mayHaveEnded(time) || diesFrom(token, this.next(token)) < time;
  }

  idleFrom(): number {
    return this.touched === -NEVER ? NEVER : this.touched + this.expire * 1000 - IDLE_EARLY;
  }

  idleBy(): number {
    return this.touching > 0 ? NEVER : this.mayBeTouched + this.expire * 1000 + IDLE_LATE;
  }

  /**
   * The earliest time at which a call with an old token may count as reuse and end the session, or never.
   *
   * @param to - the time by which the call has certainly taken effect
   */
  alarmFrom(token: Generation, from: number, to: number): number {
    let earliest = NEVER;
    for (let present = token.number + 1; present <= this.generations.length; present++) {
      const before = this.generations[present - 1];
      if (before === undefined || before.rotatedFrom >= to) break;
      const isPast = (this.generations[present]?.rotatedBy ?? NEVER) <= from;
      if (isPast) continue;
      let start = Math.max(from, before.rotatedFrom);
      if (present - token.number < FAR_BEHIND) {
        start = Math.max(start, before.againFrom);
        if (present === token.number + 1) start = Math.max(start, diesFrom(token, this.next(token)));
      }
      earliest = Math.min(earliest, start);
    }
    return earliest < to ? earliest : NEVER;
  }

  /** Whether a call with an old token certainly counts as reuse, if the session is live. */
  mustAlarm(token: Generation, from: number, diedBy: number): boolean {
    const farBehind = this.generations[token.number + FAR_BEHIND - 1];
    if (farBehind !== undefined && farBehind.rotatedBy < from) return true;
    if (diedBy >= from) return false;
    return this.generations
      .slice(token.number)
      .every((later) => later.rotatedFrom === NEVER || later.surelyAgainBy < from);
  }

  /** A failed call may take effect late, when rotations have left its token further behind. */
  noteLateShow(token: Generation, to: number): void {
    this.lateShows.push({ generation: token.number, until: to + LATE });
    if (this.lateShows.length > 50) this.lateShows.shift();
  }

  rotationBegins(token: Generation, from: number): void {
    for (const { generation, until } of this.lateShows) {
      if (token.number + 1 - generation >= FAR_BEHIND && from < until) this.mayEnd(from, "late reuse");
    }
  }

  /** The `updateAll` calls that this session must show. */
  sharedWrites(): SharedWrite[] {
    return [...this.person.sharedWrites.values()].filter(
      ({ from, isRefused }) => !isRefused && this.signedBy < from && from < this.lastRead,
    );
  }
}
