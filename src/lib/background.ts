/** Work that no call waits for, such as removing ended sessions. */
export interface Background {
  /** Starts work. Errors are ignored, since the same work is done again later. */
  start(work: (options: { readonly signal: AbortSignal }) => Promise<unknown>): void;
  /** Aborts all of it, so that nothing opens a connection again after `disconnect`. */
  stop(): void;
  /** How often `stop` was called. A call that began before it must not start work after it. */
  readonly stops: number;
}

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
