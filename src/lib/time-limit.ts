import { onAbort } from "./on-abort.ts";

/** The reason of a {@link TimeLimit} whose time is up. */
export class TimeIsUp extends Error {}

/** How long the commands of one call may take. */
export class TimeLimit {
  /** Whether nobody waits for the call any more, since its time is up or the caller has aborted it. */
  isOver = false;
  /** Why it is over. */
  reason: unknown;
  #listeners: Set<() => void> | undefined;

  /**
   * Aborts when nobody waits any more. Each reading gives a signal of its own, since clients add a listener for each command, and Node
   * warns of many on one signal. None is made unless it is read: most clients can't cancel a command.
   */
  get signal(): AbortSignal {
    const controller = new AbortController();
    if (this.isOver) controller.abort(this.reason);
    else this.onOver(() => controller.abort(this.reason));
    return controller.signal;
  }

  /**
   * Calls `listener` when nobody waits any more.
   *
   * @returns a function that takes the listener back
   */
  onOver(listener: () => void): () => void {
    this.#listeners ??= new Set();
    const listeners = this.#listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** Ends the wait. */
  end(reason: unknown): void {
    this.isOver = true;
    this.reason = reason;
    for (const listener of [...(this.#listeners ?? [])]) listener();
  }

  throwIfOver(): void {
    if (this.isOver) throw this.reason;
  }
}

/**
 * Runs `work` for at most `ms` milliseconds.
 *
 * It settles when time is up or `signal` aborts, even if `work` ignores the limit, as TCP clients do. A later result of `work` is
 * ignored.
 *
 * @throws TimeIsUp, or `signal.reason`, or what `work` throws
 */
export function withTimeLimit<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const limit = new TimeLimit();
    const cutOff = (reason: unknown) => {
      release();
      reject(reason);
      limit.end(reason);
    };
    const timer = setTimeout(() => cutOff(new TimeIsUp()), ms);
    const letGo = signal && onAbort(signal, () => cutOff(signal.reason));
    const release = () => {
      clearTimeout(timer);
      letGo?.();
    };
    work(limit).then(
      (result) => {
        release();
        resolve(result);
      },
      (error) => {
        release();
        reject(error);
      },
    );
  });
}
