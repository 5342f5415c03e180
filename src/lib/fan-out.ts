/** Hands out signals that abort together with another signal. */
export interface FanOut {
  take(): AbortSignal;
  /** Releases a signal that nobody listens to any more. */
  giveBack(signal: AbortSignal): void;
}

/**
 * Gives each of many operations a signal of its own, because clients add a listener per operation, and many listeners on one signal
 * make Node print a MaxListenersExceededWarning. The first operation gets the original signal, since most calls have just one.
 */
export function fanOut(signal: AbortSignal): FanOut {
  const children = new Map<AbortSignal, AbortController>();
  let isTaken = false;

  function abortChildren(): void {
    for (const child of children.values()) child.abort(signal.reason);
  }

  return {
    take() {
      if (!isTaken) {
        isTaken = true;
        return signal;
      }
      if (children.size === 0) signal.addEventListener("abort", abortChildren);
      const child = new AbortController();
      if (signal.aborted) child.abort(signal.reason);
      children.set(child.signal, child);
      return child.signal;
    },
    giveBack(taken) {
      if (taken === signal) isTaken = false;
      else if (children.delete(taken) && children.size === 0)
        signal.removeEventListener("abort", abortChildren);
    },
  };
}
