/** Work that no call waits for, such as removing ended sessions. */
export interface Background {
  /** Starts work. Errors are ignored, since the same work is done again later. */
  start(work: (options: { readonly signal: AbortSignal }) => Promise<unknown>): void;
  /** Aborts all of it, so that nothing opens a connection again after `disconnect`. */
  stop(): void;
  /** How often `stop` was called. A call that began before it must not start work after it. */
  readonly stops: number;
}

/**
 * How many are known to be under way. On Workers, work that a request leaves behind never settles, and mustn't be kept for ever;
 * what is beyond that isn't stopped.
 */
const KEPT = 1000;

export function createBackground(): Background {
  const underWay = new Set<AbortController>();
  let stops = 0;
  return {
    get stops() {
      return stops;
    },
    start(work) {
      const controller = new AbortController();
      underWay.add(controller);
      const [oldest] = underWay;
      if (underWay.size > KEPT && oldest !== undefined) underWay.delete(oldest);
      void (async () => work({ signal: controller.signal }))()
        .catch(() => {})
        .finally(() => underWay.delete(controller));
    },
    stop() {
      stops++;
      for (const controller of underWay) controller.abort();
      underWay.clear();
    },
  };
}
