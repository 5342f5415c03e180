/** Milliseconds of the monotonic clock, which all Node processes of a machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** What to add to `now()` for Unix milliseconds. */
export const WALL = Date.now() - now();

export const NEVER = Number.POSITIVE_INFINITY;

/** A failed operation may take effect this many milliseconds later, because sockets hold it up. */
export const LATE = 8_000;

/** When the run began, so that logs show small numbers. */
const START = now();
export const shown = (time: number): string => (time === NEVER ? "never" : (time - START).toFixed(2));
