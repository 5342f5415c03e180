import { onAbort } from "../lib/on-abort.ts";
import type { ServiceParts } from "../parts.ts";
import { EventQueue } from "./event-queue.ts";
import type { Follower } from "./follower.ts";
import { createSink } from "./session-sink.ts";
import type { SessionEnd, SessionWatch } from "./types.ts";

/** Starts watching the session of a token. */
export function watchSession(
  parts: ServiceParts,
  follower: Follower,
  token: unknown,
  signal: AbortSignal | undefined,
): SessionWatch {
  const queue = new EventQueue<unknown>();
  let isOver = false;
  let judging: AbortController | undefined;
  let unfollow: (() => void) | undefined;
  let lookAgain: (() => void) | undefined;
  let settle: (end: SessionEnd | null) => void = () => {};
  const ended = new Promise<SessionEnd | null>((resolve) => {
    settle = resolve;
  });
  const letGo = signal && onAbort(signal, () => finish(null));

  function finish(end: SessionEnd | null): void {
    if (isOver) return;
    isOver = true;
    letGo?.();
    judging?.abort();
    unfollow?.();
    queue.end(end);
    settle(end);
  }

  async function start(): Promise<void> {
    const opened = await parts.open(token);
    if (isOver) return;
    if (opened === null) return finish({ reason: "not_live" });
    const key = opened.redis.session;
    const retry = (): void => follower.again(key, true);
    const untilOver = (): AbortSignal => {
      judging = new AbortController();
      return judging.signal;
    };
    const sink = createSink({ parts, opened, queue, isOver: () => isOver, untilOver, finish, retry });
    unfollow = follower.follow(opened, sink);
    lookAgain = () => follower.again(key, false);
  }

  if (signal?.aborted) finish(null);
  else void start();

  return {
    ended,
    stop: () => finish(null),
    next() {
      if (!queue.isRead) {
        queue.isRead = true;
        lookAgain?.();
      }
      return queue.next();
    },
    async return() {
      finish(null);
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
