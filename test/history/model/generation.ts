import { LATE, NEVER } from "../clock.ts";

/** Allows for the difference between Redis's wall clock and the monotonic clock, milliseconds. */
const SLACK = 60;

export interface Asked {
  readonly from: number;
  readonly grace: number;
  readonly isStrict: boolean;
}

/** How long after a rotation old tokens count as stragglers, milliseconds. */
const again = (grace: number): number => Math.max(10, grace + 2) * 1000;

/** One token of a session, and the rotations that were requested with it. */
export class Generation {
  readonly number: number;
  readonly token: string;

  /** The earliest time at which it may have been used, and a time by which it certainly was. */
  usedFrom = NEVER;
  usedBy = NEVER;

  /** The earliest time at which it may have been rotated, and a time by which it certainly was. */
  rotatedFrom = NEVER;
  rotatedBy = NEVER;
  /** The same for a rotation with `retry: false`. */
  strictFrom = NEVER;
  strictBy = NEVER;
  /** After this time, none of the rotations requested so far can take effect. */
  settledBy = -NEVER;
  underWay = 0;
  hasFailed = false;
  successes = 0;

  /** The earliest times at which the grace may end, and at which reuse may be detected. */
  graceFrom = NEVER;
  againFrom = NEVER;
  #longestGrace = 0;
  readonly #asked: Asked[] = [];

  /** When an answer had said that it isn't live, which is final. */
  nullBy = NEVER;
  /** When `rotate` had returned `null`, which is final for `rotate`. */
  rotateNullBy = NEVER;

  /** The latest start of a call that accepted it, and of one that returned its successor. */
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
    // The header holds whole seconds, so a grace may be up to one second shorter.
    this.graceFrom = Math.min(this.graceFrom, from + Math.max(0, grace - 1) * 1000);
  }

  /**
   * Records the answer to a rotation. Decrement `underWay` first.
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

  /** When the first of the other rotations with this token began. */
  othersFrom(one: Asked): number {
    return this.#asked.reduce((least, other) => (other === one ? least : Math.min(least, other.from)), NEVER);
  }

  /** When its grace has certainly ended. */
  get graceBy(): number {
    return this.rotatedBy + this.#longestGrace * 1000 + SLACK;
  }

  /** When reuse is certainly detected, judging by the first rotation that was answered. */
  get againBy(): number {
    return this.rotatedBy + again(this.#longestGrace) + SLACK;
  }

  /** When reuse is certainly detected, whichever of the rotations took effect. */
  get surelyAgainBy(): number {
    return this.underWay > 0 ? NEVER : this.settledBy + again(this.#longestGrace) + SLACK;
  }
}

/** The earliest time at which a token may be dead although its session is live. */
export function diesFrom(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictFrom;
  return Math.min(token.strictFrom, next.rotatedFrom, Math.max(next.usedFrom, token.graceFrom));
}

/** The time from which a token is certainly dead because of rotations. */
export function diedBy(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictBy;
  return Math.min(token.strictBy, next.rotatedBy, Math.max(next.usedBy, token.graceBy));
}

/** The earliest time at which `rotate` may refuse a token although its session is live. */
export function refusedFrom(token: Generation, next: Generation | undefined): number {
  if (next === undefined) return token.strictFrom;
  const late = Math.max(next.usedFrom, token.graceFrom, token.againFrom);
  return Math.min(token.strictFrom, next.rotatedFrom, late);
}

/** The time from which `rotate` certainly refuses a token. */
export function refusedBy(token: Generation, next: Generation | undefined): number {
  const late = next === undefined ? NEVER : Math.max(next.usedBy, token.graceBy, token.againBy);
  return Math.min(token.strictBy, next?.rotatedBy ?? NEVER, late, token.rotateNullBy);
}
