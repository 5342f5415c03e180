import type { Schedule } from "./connection.ts";

/**
 * Runs work after the event loop's turn, in which a server handles the requests of many clients, each in a tick of its own. It is
 * `setImmediate` of Node, Deno and Bun, taken at import, so that a test's fake clock doesn't stop it. For connections that requests
 * may share, so not on Workers.
 */
export const afterTurn: Schedule | undefined = (globalThis as { readonly setImmediate?: Schedule })
  .setImmediate;
