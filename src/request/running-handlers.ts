/**
 * Knows for which requests a handler of refusals is running. What the handler does with its request must not call it again: in an
 * outage, that would never end. Parallel calls that began before it still do.
 */
export interface RunningHandlers {
  /** Whether a handler is running for the request. Ask when a call begins, since later the call's own handler may run. */
  readonly has: (request: object) => boolean;
  readonly during: <Result>(request: object, handle: () => Result | Promise<Result>) => Promise<Result>;
}

export function runningHandlers(): RunningHandlers {
  const counts = new WeakMap<object, number>();
  return {
    has: (request) => (counts.get(request) ?? 0) > 0,
    async during(request, handle) {
      counts.set(request, (counts.get(request) ?? 0) + 1);
      try {
        return await handle();
      } finally {
        counts.set(request, (counts.get(request) ?? 1) - 1);
      }
    },
  };
}
