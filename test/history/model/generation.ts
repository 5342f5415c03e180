import { LATE, NEVER } from "../clock.ts";

/** A grace ends by Redis's wall clock, which may run a little differently from the monotonic one. */
const SLACK = 60;

export interface Asked {
  readonly from: number;
  readonly grace: number;
  readonly isStrict: boolean;
}

/** How long after a rotation no alarm rings, milliseconds. */
const again = (grace: number): number => Math.max(10, grace + 2) * 1000;

/** One token of a session, and what is known of the rotations that were asked for with it. */
export class Generation {
  readonly number: number;
  readonly token: string;

  /** When it was used for the first time: no sooner than, and certainly by. */
  usedFrom = NEVER;
  usedBy = NEVER;

  /** When it was rotated away: no sooner than, and certainly by. */
  rotatedFrom = NEVER;
  rotatedBy = NEVER;
  /** The same by a rotation with `retry: false`, which ends it at once. */
  strictFrom = NEVER;
  strictBy = NEVER;
  /** No later rotation by it can begin to take effect: all are answered, and failed ones are long over. */
  settledBy = -NEVER;
  underWay = 0;
  hasFailed = false;
  successes = 0;

  /** When the grace may be over, and when an alarm may ring, at the earliest. */
  graceFrom = NEVER;
  againFrom = NEVER;
  #longestGrace = 0;
  readonly #asked: Asked[] = [];

  /** An answer has said that it isn't live, which is final. */
  nullBy = NEVER;
  /** `rotate` has answered `null`, which is final for it. */
  rotateNullBy = NEVER;

  /** The latest start of a call that let it in, and of one that gave its successor. */
  letIn = -NEVER;
  letInBy = "";
  succeeded = -NEVER;

  constructor(number: number, token: string) {
    this.number = number;
    this.token = token;
  }

  asks(asked: Asked): void {
    const { from, grace, isStrict } = asked;
    this.#asked.push(asked);
    this.underWay++;
    this.rotatedFrom = Math.min(this.rotatedFrom, from);
    this.againFrom = Math.min(this.againFrom, from + again(grace) - 1000);
    if (isStrict) {
      this.strictFrom = Math.min(this.strictFrom, from);
      return;
    }
    this.#longestGrace = Math.max(this.#longestGrace, grace);
    // The header holds whole seconds, so that up to one of them is cut off.
    this.graceFrom = Math.min(this.graceFrom, from + Math.max(0, grace - 1) * 1000);
  }

  /**
   * After an answer; count it out of `underWay` before.
   *
   * @param to - when the answer came
   */
  answered({ isStrict }: Asked, to: number, outcome: "rotated" | "null" | "failed"): void {
    if (outcome === "failed") this.hasFailed = true;
    this.settledBy = Math.max(this.settledBy, outcome === "failed" ? to + LATE : to);
    if (outcome !== "rotated") return;
    this.successes++;
    this.rotatedBy = Math.min(this.rotatedBy, to);
    if (isStrict) this.strictBy = Math.min(this.strictBy, to);
  }

  /** When the first rotation by it other than one began. */
  othersFrom(one: Asked): number {
    return this.#asked.reduce((least, other) => (other === one ? least : Math.min(least, other.from)), NEVER);
  }

  /** When its grace is certainly over. */
  get graceBy(): number {
    return this.rotatedBy + this.#longestGrace * 1000 + SLACK;
  }

  /** When the alarm for stragglers certainly rings, as far as the rotation by this token decides. */
  get againBy(): number {
    return this.rotatedBy + again(this.#longestGrace) + SLACK;
  }

  /** The same where any of the rotations asked for by this token may have been the one that counted. */
  get surelyAgainBy(): number {
    return this.underWay > 0 ? NEVER : this.settledBy + again(this.#longestGrace) + SLACK;
  }
}

/** From when on a token may not be live although its session is. */
export function diesFrom(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictFrom;
  return Math.min(token.strictFrom, next.rotatedFrom, Math.max(next.usedFrom, token.graceFrom));
}

/** When a token is certainly no longer live, because of rotations. */
export function diedBy(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictBy;
  return Math.min(token.strictBy, next.rotatedBy, Math.max(next.usedBy, token.graceBy));
}

/** From when on `rotate` may refuse a token although its session is live. */
export function refusedFrom(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictFrom;
  const late = Math.max(next.usedFrom, token.graceFrom, token.againFrom);
  return Math.min(token.strictFrom, next.rotatedFrom, late);
}

/** When `rotate` certainly refuses a token. */
export function refusedBy(token: Generation, next: Generation | undefined): number {
  const late = next === undefined ? NEVER : Math.max(next.usedBy, token.graceBy, token.againBy);
  return Math.min(token.strictBy, next?.rotatedBy ?? NEVER, late, token.rotateNullBy);
}
