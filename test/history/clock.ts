/** Milliseconds of the monotonic clock, which all Node processes of a machine share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Add this to `now()` to get Unix milliseconds. */
export const WALL = Date.now() - now();

export const NEVER = Number.POSITIVE_INFINITY;

/** A failed operation may still take effect for this many milliseconds, because sockets and proxies delay it. */
export const LATE = 8_000;

/** Logs show times relative to this one. */
const START = now();
export const shown = (time: number): string => (time === NEVER ? "never" : (time - START).toFixed(2));
