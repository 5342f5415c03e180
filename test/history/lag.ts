const TICK_MS = 25;
/** Shorter delays are ignored. */
const LEAST_MS = 150;

/** A period in which a process was starved of CPU time. */
export interface Stall {
  readonly milliseconds: number;
}

/**
 * Reports when this process was starved of CPU time. Calls that fail during or shortly after a stall say nothing about the
 * library.
 */
export function watchLag(tell: (stall: Stall) => void): void {
  let last = performance.now();
  setInterval(() => {
    const milliseconds = performance.now() - last - TICK_MS;
    last = performance.now();
    if (milliseconds > LEAST_MS) tell({ milliseconds });
  }, TICK_MS).unref();
}
