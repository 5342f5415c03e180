/** A moment by two clocks, in milliseconds. */
export interface Moment {
  /** By a clock that is never set back, and stands still while the machine or its virtual machine is suspended. */
  readonly steady: number;
  /** By the clock that goes on meanwhile, and may be set. */
  readonly wall: number;
}

export const presentMoment = (): Moment => ({ steady: performance.now(), wall: Date.now() });

/** Milliseconds from one moment to a later one, by the clock that has gone further. */
export const millisecondsBetween = (from: Moment, to: Moment): number =>
  Math.max(to.steady - from.steady, to.wall - from.wall);
