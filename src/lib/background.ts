/** Work that no call waits for, such as giving memory back. */
export interface Background {
  /** Starts work; what it throws is dropped, for it is done again another time. */
  start(work: (options: { readonly signal: AbortSignal }) => Promise<unknown>): void;
  /** Ends all of it, so that nothing opens a connection again after `disconnect`. */
  stop(): void;
  /** How often it has been stopped: what was begun before `disconnect` must start nothing after it. */
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
