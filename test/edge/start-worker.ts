import { fileURLToPath } from "node:url";
import { unstable_startWorker } from "wrangler";
import type { RestServer } from "../doubles/rest-server/server.ts";
import { atEnd } from "../support/at-end.ts";

/** Calls an operation of `worker.ts`, which runs in workerd, over real HTTP. */
export type CallWorker = (
  operation: string,
  params?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<unknown>;

const text = (value: string) => ({ type: "plain_text" as const, value });

/**
 * Serves a module of this folder in workerd, with a Redis over HTTP. It stops after the test file.
 *
 * @returns its origin
 */
export async function startInWorkerd(
  module: string,
  rest: RestServer,
  secrets: Readonly<Record<string, string>>,
): Promise<URL> {
  const variables = { REST_URL: rest.url, REST_TOKEN: rest.token, ...secrets };
  const worker = await unstable_startWorker({
    config: fileURLToPath(new URL("wrangler.toml", import.meta.url)),
    entrypoint: fileURLToPath(new URL(module, import.meta.url)),
    bindings: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, text(value)])),
    dev: { logLevel: "none", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
  });
  atEnd(() => worker.dispose());
  return worker.url;
}

/** Starts `worker.ts`. */
export async function startEdgeWorker(rest: RestServer, secret: string): Promise<CallWorker> {
  const origin = await startInWorkerd("worker.ts", rest, { RWT_SECRET: secret });
  return async (operation, params = {}, signal) => {
    const url = new URL(`${operation}?${new URLSearchParams(params)}`, origin);
    return (await fetch(url, { signal: signal ?? null })).json();
  };
}
