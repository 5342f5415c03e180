import type { Schedule } from "./connection.ts";

/** What Node, Deno and Bun have. It is taken at import, so that a test's fake clock doesn't stop it. */
const { setImmediate, process } = globalThis as {
  readonly setImmediate?: Schedule;
  readonly process?: { nextTick?(work: () => void): void };
};

/**
 * Runs work after the event loop's turn, in which a server handles the requests of many clients, each in a tick of its own. For
 * connections that requests may share, so not on Workers.
 */
export const afterTurn: Schedule | undefined = setImmediate;

/** Runs work at the end of the tick, after its microtasks, however many these are. For the same connections. */
export const afterTick: Schedule | undefined = process?.nextTick && ((work) => process.nextTick?.(work));
