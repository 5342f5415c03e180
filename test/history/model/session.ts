import { LATE, NEVER, shown } from "../clock.ts";
import { diesFrom, type Generation } from "./generation.ts";
import type { Person } from "./person.ts";
import { type SharedWrite, type Write, write } from "./register.ts";

const LOG = 160;
/** Milliseconds by which an idle time may seem shorter or longer from outside. */
const IDLE_EARLY = 60;
const IDLE_LATE = 150;
/** So many generations behind, reuse is told at once. */
const FAR_BEHIND = 9;

/** A call under way with a token that may have been rotated away, so that the alarm may ring. */
export interface Show {
  readonly token: Generation;
  readonly from: number;
}

/** What is known of one session: when it may and when it must have ended, its tokens, and its data. */
export class Session {
  readonly name: string;
  readonly person: Person;
  readonly signedFrom: number;
  signedBy = NEVER;
  /** The public id, the same for all generations. */
  id = "";
  readonly expire: number;
  readonly generations: Generation[] = [];
  readonly writes = new Map<string, Write>();
  /** Which update by a function was given a write's data. */
  readonly followers = new Map<string, string>();

  mayEndFrom = NEVER;
  mayEndWhy = "";
  /** Not only to make room for another. */
  mayEndOtherwise = false;
  /** When operations under way began that may end it. */
  readonly endings = new Set<{ readonly from: number }>();
  readonly shows = new Set<Show>();
  endedBy = NEVER;
  endedWhy = "";
  /** One that has said that it ended a live session; there is only one such. */
  ender = "";
  letIn = -NEVER;
  letInBy = "";
  listed = -NEVER;
  lastRead = -NEVER;

  /** Restarts of the idle time: the last certain one, the last possible one, and those under way. */
  touched = -NEVER;
  mayBeTouched = -NEVER;
  touching = 0;
  deadline: number | undefined;
  /** Where `verify` may say no because of the deadline. */
  deadlineFrom = NEVER;
  /** The index may have lost it. */
  isUnlisted = false;
  /** Redis may evict its keys whenever it likes. */
  mayVanish = false;
  isRetired = false;
  /** Failed shows of old tokens, which may still ring the alarm. */
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

  /** Registers something under way that may end the session; call what it returns when the answer is there. */
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

  /** Whether `verify` may answer `null` to a token at a time. */
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
   * From when on a call with an old token may ring the alarm that ends the session; never for one that may not.
   *
   * @param to - when the call certainly is over
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

  /** Whether a call with an old token that begins at a time certainly rings the alarm, if the session lives. */
  mustAlarm(token: Generation, from: number, diedBy: number): boolean {
    const farBehind = this.generations[token.number + FAR_BEHIND - 1];
    if (farBehind !== undefined && farBehind.rotatedBy < from) return true;
    if (diedBy >= from) return false;
    return this.generations
      .slice(token.number)
      .every((later) => later.rotatedFrom === NEVER || later.surelyAgainBy < from);
  }

  /** Where a call with an old token failed, a rotation soon after it may leave that token far behind. */
  noteLateShow(token: Generation, to: number): void {
    this.lateShows.push({ generation: token.number, until: to + LATE });
    if (this.lateShows.length > 50) this.lateShows.shift();
  }

  rotationBegins(token: Generation, from: number): void {
    for (const { generation, until } of this.lateShows) {
      if (token.number + 1 - generation >= FAR_BEHIND && from < until) this.mayEnd(from, "late reuse");
    }
  }

  /** Writes to all of the person's sessions that this one must have taken. */
  sharedWrites(): SharedWrite[] {
    return [...this.person.sharedWrites.values()].filter(
      ({ from, isRefused }) => !isRefused && this.signedBy < from && from < this.lastRead,
    );
  }
}
