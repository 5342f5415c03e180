/** One timer for many purposes: it goes off at the earliest time that was asked for. */
export interface Alarm {
  /** @param ms - how long it may take at most until it goes off */
  before(ms: number): void;
  cancel(): void;
}

/** Nothing goes off more often than this, in milliseconds. */
const LEAST = 5;
/** The longest delay that `setTimeout` takes, in milliseconds; a longer one fires at once. */
const MOST = 0x7fff_ffff;

/** The timer keeps a process alive, as an open connection does. */
export function createAlarm(work: () => void): Alarm {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let at = Number.POSITIVE_INFINITY;

  function cancel(): void {
    clearTimeout(timer);
    timer = undefined;
    at = Number.POSITIVE_INFINITY;
  }

  return {
    before(ms) {
      const delay = Math.min(Math.max(ms, LEAST), MOST);
      const wanted = performance.now() + delay;
      if (wanted >= at) return;
      cancel();
      at = wanted;
      timer = setTimeout(() => {
        timer = undefined;
        at = Number.POSITIVE_INFINITY;
        work();
      }, delay);
    },
    cancel,
  };
}
