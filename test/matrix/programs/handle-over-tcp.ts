import { handle } from "./handler.ts";
import { tcpStores } from "./tcp-stores.ts";

/** For frameworks on Node, which only answer requests but have TCP: the suites of a TCP store as an answer. */
export function handleOverTcp(request: Request, env: Record<string, string | undefined>): Promise<Response> {
  const { REST_URL: url = "", REST_TOKEN: token = "", REDIS_URL = "" } = env;
  return handle(request, { url, token }, tcpStores(REDIS_URL));
}
