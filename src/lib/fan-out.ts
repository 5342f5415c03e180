/** Signals that abort when another one does. */
export interface FanOut {
  take(): AbortSignal;
  /** Lets go of one that nobody listens to any more. */
  giveBack(signal: AbortSignal): void;
}

/**
 * One signal for each of many operations, where a client listens to it for each: many listeners on one signal make Node print a
 * MaxListenersExceededWarning. The first to ask gets the signal itself, since most calls have one operation.
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
