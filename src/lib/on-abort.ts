/** The callbacks of a signal. */
interface Ends {
  readonly all: Set<() => void>;
  readonly listener: () => void;
}

const waiting = new WeakMap<AbortSignal, Ends>();

/**
 * Calls `end` when a signal aborts. Each signal gets a single listener, however many calls share it: Node 20 prints a
 * MaxListenersExceededWarning at the eleventh.
 *
 * @returns a function that removes `end`
 */
export function onAbort(signal: AbortSignal, end: () => void): () => void {
  const ends = waiting.get(signal) ?? listen(signal);
  ends.all.add(end);
  return () => {
    if (!ends.all.delete(end) || ends.all.size > 0) return;
    signal.removeEventListener("abort", ends.listener);
    waiting.delete(signal);
  };
}

/** Settles as `work` does, or rejects with the signal's reason as soon as it aborts. A later result of `work` is ignored. */
export function untilAborted<T>(signal: AbortSignal | undefined, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const letGo = onAbort(signal, () => reject(signal.reason));
    work.finally(letGo).then(resolve, reject);
  });
}

function listen(signal: AbortSignal): Ends {
  const all = new Set<() => void>();
  const ends: Ends = {
    all,
    listener() {
      for (const end of [...all]) end();
    },
  };
  signal.addEventListener("abort", ends.listener);
  waiting.set(signal, ends);
  return ends;
}
