import { performance } from "node:perf_hooks";
import { expect } from "vitest";
import type { SessionEnd, SessionWatch, WatchEvent } from "../../src/watch/index.ts";

/** Collects the events of a watch as they come. */
export function collected<Data>(watching: SessionWatch<Data>): WatchEvent<Data>[] {
  const events: WatchEvent<Data>[] = [];
  void (async () => {
    for await (const event of watching) events.push(event);
  })();
  return events;
}

/** Waits until a condition holds. */
export const until = (condition: () => unknown, timeout = 10_000): Promise<void> =>
  expect.poll(condition, { timeout, interval: 5 }).toBeTruthy();

/** Waits for the end of a watch. Returns it with the milliseconds that it took. */
export async function endOf(
  watching: SessionWatch,
  timeout = 10_000,
): Promise<{ readonly end: SessionEnd | null; readonly ms: number }> {
  const from = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${timeout} ms`)), timeout);
  });
  try {
    const end = await Promise.race([watching.ended, late]);
    return { end, ms: performance.now() - from };
  } finally {
    clearTimeout(timer);
  }
}
