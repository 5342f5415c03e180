/**
 * For runtimes with processes: runs the suites on every store that the runtime has, and prints a line of JSON for each.
 *
 * The environment names what to test: REST_URL and REST_TOKEN, and REDIS_URL. Nothing else may use this Redis.
 */
import { bunRedisStore } from "redis-web-token/bun";
import { runSuites, storesOfEveryRuntime } from "./suites.ts";
import { tcpStores } from "./tcp-stores.ts";

declare const process: { readonly env: Record<string, string | undefined>; exit(code: number): never };

const { REST_URL: url = "", REST_TOKEN: token = "", REDIS_URL: redisUrl = "" } = process.env;
const target = { url, token };
const stores = {
  ...storesOfEveryRuntime(target),
  ...tcpStores(redisUrl),
  ...("Bun" in globalThis && { "Bun's own": () => bunRedisStore(redisUrl) }),
};

for (const [name, open] of Object.entries(stores)) {
  console.log(JSON.stringify(await runSuites(name, open, target)));
}
process.exit(0);
