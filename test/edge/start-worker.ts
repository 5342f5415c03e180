import type { RestServer } from "../doubles/rest-server/server.ts";
import { startWorker } from "../support/worker.ts";

/** Calls an operation of `worker.ts`, which runs in workerd, over real HTTP. */
export type CallWorker = (
  operation: string,
  params?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<unknown>;

/**
 * Serves a module of this folder in workerd, with a Redis over HTTP.
 *
 * @returns its origin
 */
export const startInWorkerd = (
  module: string,
  rest: RestServer,
  secrets: Readonly<Record<string, string>>,
): Promise<string> =>
  startWorker(new URL(module, import.meta.url), {
    variables: { REST_URL: rest.url, REST_TOKEN: rest.token, ...secrets },
  });

/** Starts `worker.ts`. */
export async function startEdgeWorker(rest: RestServer, secret: string): Promise<CallWorker> {
  const origin = await startInWorkerd("worker.ts", rest, { RWT_SECRET: secret });
  return async (operation, params = {}, signal) => {
    const url = new URL(`${operation}?${new URLSearchParams(params)}`, origin);
    return (await fetch(url, { signal: signal ?? null })).json();
  };
}
