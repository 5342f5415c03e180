/** {@link withDeadline} rejects with it when time is up. */
export class DeadlinePassed extends Error {}

/**
 * Runs `work` for at most `ms` milliseconds.
 *
 * It settles when time is up or `signal` aborts, even if `work` ignores the signal, as TCP clients do. A later result of `work` is
 * ignored.
 *
 * @throws DeadlinePassed, or `signal.reason`, or what `work` throws
 */
export function withDeadline<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const cutOff = (reason: unknown) => {
      release();
      reject(reason);
      controller.abort(reason);
    };
    const onAbort = () => cutOff(signal?.reason);
    const timer = setTimeout(() => cutOff(new DeadlinePassed()), ms);
    signal?.addEventListener("abort", onAbort);
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    work(controller.signal).finally(release).then(resolve, reject);
  });
}
