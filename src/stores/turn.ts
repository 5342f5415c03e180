type Schedule = (work: () => void) => unknown;

/**
 * Runs work once the event loop has handed out all that had come in: on a server the requests of many clients, where each of
 * them is a tick of its own. Node's, which Deno and Bun have too; kept here, so that a test's fake clock doesn't stop it.
 *
 * For connections that requests may share, not on Workers.
 */
export const afterTurn: Schedule | undefined = (globalThis as { readonly setImmediate?: Schedule })
  .setImmediate;
