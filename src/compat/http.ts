import type { RedisStoreOptions } from "../redis/options.ts";
import { readCredentials, type UpstashCredentials } from "../stores/upstash-credentials.ts";
import type { CompatHttpRedis, CompatTcpRedis } from "./types.ts";

export const isHttp = (redis: CompatTcpRedis | CompatHttpRedis): redis is CompatHttpRedis => "token" in redis;

/** The arguments of `upstashStore`. */
export function httpOptions(redis: CompatHttpRedis): [UpstashCredentials, RedisStoreOptions] {
  const { prefix, timeout, ...credentials } = redis;
  return [readCredentials("redis", credentials), { timeout }];
}
