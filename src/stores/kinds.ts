import { isObject } from "../lib/json.ts";
import type { TokenStore } from "../store.ts";
import type { Spacious } from "./memory-space.ts";
import type { RedisStore } from "./redis.ts";

/** Whether a store reaches a Redis, which can be asked for more than sessions. */
export const isRedisStore = (store: TokenStore): store is RedisStore =>
  "run" in store && typeof store.run === "function";

/** Whether a store keeps its entries in memory, and lets them be asked for more than sessions. */
export const isSpacious = (store: TokenStore): store is TokenStore & Spacious =>
  "space" in store && isObject(store.space);
