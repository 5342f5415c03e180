import { NEVER } from "../clock.ts";
import type { SharedWrite } from "./register.ts";
import type { Session } from "./session.ts";

/** Decides which services operate on a person's sessions: see permissions.ts. */
export type Group = "plain" | "encrypted" | "mixed" | "nobody" | "endOldest" | "reject";

const KEPT_SIGNS = 200;

/** The period in which a sign-in took effect. While it may still take effect, `to` is in the future. */
export interface Span {
  readonly from: number;
  to: number;
  isCertain: boolean;
}

/** The sessions of one subject. The group `nobody` has the sessions without a subject. */
export class Person {
  readonly subject: string | undefined;
  readonly group: Group;
  sessions: Session[] = [];
  /** The `updateAll` calls by the name of their write. */
  readonly sharedWrites = new Map<string, SharedWrite>();
  /** The `updateAll` calls with a function, by the person's header at their last load. */
  readonly loads = new Map<string, string>();
  /** The most recent sign-ins, if the person's sessions are limited. */
  readonly signs: Span[] = [];
  /** Failed sign-ins and the time of the failure. They may have created sessions without a known token. */
  readonly phantoms = new Map<string, number>();
  /** When the retired sessions ended. */
  retiredEnds: number[] = [];

  underWay = 0;
  isPaused = false;
  lastFailure = -NEVER;
  pendingSigns = 0;
  /** Until when a `destroyAll` may still end new sessions. */
  destroyAllUntil = -NEVER;
  destroyAllLateUntil = -NEVER;
  destroysUnderWay = 0;
  /** Since when the index may be missing. If sessions are limited, the next sign-in then ends all others. */
  indexLostFrom = NEVER;
  /** Until when a failed sign-in may still take effect. */
  lateSignUntil = -NEVER;
  /** Since when the person's key may exist, since when and until when it certainly does, and when it was last evicted. */
  keyedFrom = NEVER;
  keyedBy = NEVER;
  keyedUntil = -NEVER;
  keyLostBy = -NEVER;
  isBeingLost = false;
  /** Events of reuse that were received, that are possible, and that are required. */
  events = 0;
  mayAlarm = 0;
  mustAlarm = 0;

  constructor(subject: string | undefined, group: Group) {
    this.subject = subject;
    this.group = group;
  }

  /**
   * By how much the limit may be exceeded: a sign-in doesn't count the sessions that concurrent sign-ins add after it read the
   * index.
   */
  tolerance(from: number, to: number): number {
    const done = this.signs.filter((one) => one.to < from && one.isCertain);
    const last = Math.max(...done.map((one) => one.from));
    let most = 0;
    for (const one of this.signs) {
      if (one.from >= to || one.to < last) continue;
      const overlapping = this.signs.filter(
        (other) => other !== one && other.from < one.to && one.from < other.to,
      );
      most = Math.max(most, overlapping.length);
    }
    return most;
  }

  noteSign(span: Span): void {
    this.signs.push(span);
    if (this.signs.length > KEPT_SIGNS) this.signs.shift();
  }

  /** Forgets a sign-in that was refused and changed nothing. */
  forgetSign(from: number): void {
    const at = this.signs.findIndex((one) => one.from === from);
    if (at >= 0) this.signs.splice(at, 1);
  }

  get isLimited(): boolean {
    return this.group === "endOldest" || this.group === "reject";
  }

  drop(session: Session): void {
    const at = this.sessions.indexOf(session);
    if (at >= 0) this.sessions.splice(at, 1);
  }
}
