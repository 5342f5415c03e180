import { onAbort } from "./on-abort.ts";

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
    const timer = setTimeout(() => cutOff(new DeadlinePassed()), ms);
    const letGo = signal && onAbort(signal, () => cutOff(signal.reason));
    const release = () => {
      clearTimeout(timer);
      letGo?.();
    };
    work(controller.signal).finally(release).then(resolve, reject);
  });
}
