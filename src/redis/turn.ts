import type { Schedule } from "./connection.ts";

/**
 * Runs work once the event loop has handed out all that had come in: on a server the requests of many clients, each of which
 * is a tick of its own. It is `setImmediate`, which Node, Deno and Bun have; kept here, so that a test's fake clock doesn't
 * stop it. For connections that requests may share, not on Workers.
 */
export const afterTurn: Schedule | undefined = (globalThis as { readonly setImmediate?: Schedule })
  .setImmediate;
