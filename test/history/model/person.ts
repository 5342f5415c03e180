import { NEVER } from "../clock.ts";
import type { SharedWrite } from "./register.ts";
import type { Session } from "./session.ts";

/** Which services may do what with a person's sessions. */
export type Group = "plain" | "encrypted" | "mixed" | "nobody" | "endOldest" | "reject";

const KEPT_SIGNS = 200;

/** When an operation took effect; `to` is in the future while it may still do so. */
export interface Span {
  readonly from: number;
  to: number;
  isCertain: boolean;
}

/** All sessions of one subject; those without a subject are nobody's. */
export class Person {
  readonly subject: string | undefined;
  readonly group: Group;
  sessions: Session[] = [];
  /** Writes to all of the sessions, by name. */
  readonly sharedWrites = new Map<string, SharedWrite>();
  /** The last sign-ins of a limited person. */
  readonly signs: Span[] = [];
  /** Sign-ins that failed, and when: they may be sessions that nobody has a token of. */
  readonly phantoms = new Map<string, number>();
  /** When sessions ended that are no longer kept here. */
  retiredEnds: number[] = [];

  underWay = 0;
  isPaused = false;
  lastFailure = -NEVER;
  pendingSigns = 0;
  /** Up to when a `destroyAll` may still take effect on new sessions. */
  destroyAllUntil = -NEVER;
  destroyAllLateUntil = -NEVER;
  destroysUnderWay = 0;
  /** From when on the index may be missing, which ends a limited person's sessions at the next sign-in. */
  indexLostFrom = NEVER;
  /** Up to when a sign-in that failed may still take effect. */
  lateSignUntil = -NEVER;
  /** Since when the person's key may be there, since when it certainly is and for how long, and when it was last lost. */
  keyedFrom = NEVER;
  keyedBy = NEVER;
  keyedUntil = -NEVER;
  keyLostBy = -NEVER;
  isBeingLost = false;
  /** Alarms that events told of, that may have rung, and that must have. */
  events = 0;
  mayAlarm = 0;
  mustAlarm = 0;

  constructor(subject: string | undefined, group: Group) {
    this.subject = subject;
    this.group = group;
  }

  /**
   * How many more sessions than the limit there may be at a time, because sign-ins at the same moment don't see each other:
   * each tolerates what was added after it had counted.
   */
  tolerance(from: number, to: number): number {
    const done = this.signs.filter((one) => one.to < from && one.isCertain);
    const last = Math.max(...done.map((one) => one.from));
    let most = 0;
    for (const one of this.signs) {
      if (one.from >= to || one.to < last) continue;
      const beside = this.signs.filter(
        (other) => other !== one && other.from < one.to && one.from < other.to,
      );
      most = Math.max(most, beside.length);
    }
    return most;
  }

  noteSign(span: Span): void {
    this.signs.push(span);
    if (this.signs.length > KEPT_SIGNS) this.signs.shift();
  }

  /** A sign-in was refused, so that it has changed nothing. */
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
