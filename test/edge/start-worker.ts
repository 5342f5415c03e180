import { fileURLToPath } from "node:url";
import { unstable_startWorker } from "wrangler";
import type { RestServer } from "../../tools/rest-server/server.ts";
import { atEnd } from "../support/at-end.ts";

/** Calls an operation of `worker.ts`, which runs in workerd, over real HTTP. */
export type CallWorker = (
  operation: string,
  params?: Record<string, string>,
  signal?: AbortSignal,
) => Promise<unknown>;

const text = (value: string) => ({ type: "plain_text" as const, value });

/** Starts the worker; it is ended after the test file. */
export async function startEdgeWorker(rest: RestServer, secret: string): Promise<CallWorker> {
  const worker = await unstable_startWorker({
    config: fileURLToPath(new URL("wrangler.toml", import.meta.url)),
    bindings: { REST_URL: text(rest.url), REST_TOKEN: text(rest.token), RWT_SECRET: text(secret) },
    dev: { logLevel: "none", server: { hostname: "127.0.0.1", port: 0 }, inspector: false, watch: false },
  });
  atEnd(() => worker.dispose());
  const origin = await worker.url;
  return async (operation, params = {}, signal) => {
    const url = new URL(`${operation}?${new URLSearchParams(params)}`, origin);
    return (await fetch(url, { signal: signal ?? null })).json();
  };
}
