import type { TokenStore } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";

/** The stores of every runtime that has TCP. */
export const tcpStores = (redisUrl: string): Record<string, () => TokenStore> => ({
  ioredis: () => ioredisStore(redisUrl),
  "node-redis": () => nodeRedisStore(redisUrl),
});
