import { handle } from "./handler.ts";
import { tcpStores } from "./tcp-stores.ts";

/** For frameworks on Node, which have TCP but only answer requests: returns the results of a TCP store's suites as a response. */
export function handleOverTcp(request: Request, env: Record<string, string | undefined>): Promise<Response> {
  const { REST_URL: url = "", REST_TOKEN: token = "", REDIS_URL = "" } = env;
  return handle(request, { url, token }, tcpStores(REDIS_URL));
}
