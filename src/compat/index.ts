/**
 * The API of the original `redis-web-token` of 2017, with today's tokens.
 *
 * @module
 */

import type { TokenStore } from "../store.ts";
import { ioredisStore } from "../stores/ioredis.ts";
import { upstashStore } from "../stores/upstash.ts";
import { createFactory, type RwtFactory } from "./factory.ts";
import { httpOptions, isHttp } from "./http.ts";
import { ioredisOptions } from "./redis-options.ts";
import type { CompatHttpRedis, CompatTcpRedis } from "./types.ts";

export type { LegacySession } from "../legacy/feature.ts";
export type { LegacyOptions, OldUser } from "../legacy/options.ts";
export type { RwtFactory } from "./factory.ts";
export type {
  Callback,
  CompatConfig,
  CompatCustom,
  CompatHttpRedis,
  CompatRwt,
  CompatSignParams,
  CompatTcpRedis,
} from "./types.ts";

/** Over TCP with ioredis, over HTTP with `@upstash/redis`: only the one in use has to be installed. */
function openStore(redis: CompatTcpRedis | CompatHttpRedis): TokenStore {
  if (isHttp(redis)) return upstashStore(...httpOptions(redis));
  return ioredisStore(ioredisOptions(redis), { timeout: redis.timeout });
}

/**
 * The original's factory. `require("redis-web-token/compat")` returns it too, from Node 20.19 and 22.12 on.
 *
 * Tokens have today's format, and services that use `createRwt` accept them if secret and prefix are the same. The original's
 * bugs are fixed: a callback is called once, `false` and `0` come back unchanged, the `expire` of one call applies only to that
 * token, and every key has an expiry.
 *
 * @param config - `redis`: where Redis is; `custom`: `expire` in seconds and `verifyExtendsToken`
 * @throws OptionTypeError, OptionRangeError if the configuration is wrong
 * @example
 * ```ts
 * import rwt from "redis-web-token/compat";
 *
 * const tokens = rwt({ redis: { host: "localhost", port: 6380 }, custom: { expire: 3600, verifyExtendsToken: true } });
 * tokens.sign({ name: "Ada" }, "the secret", { expire: 600 }, (error, token) => {
 *   if (error) throw error;
 *   console.log(token?.length);
 * });
 * ```
 */
export const rwt: RwtFactory = createFactory(openStore);

export { rwt as default, rwt as "module.exports" };
