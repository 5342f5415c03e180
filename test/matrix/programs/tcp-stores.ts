import type { TokenStore } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { nodeRedisStore } from "redis-web-token/node-redis";

/** The stores that every runtime with TCP has. */
export const tcpStores = (redisUrl: string): Record<string, () => TokenStore> => ({
  ioredis: () => ioredisStore(redisUrl),
  "node-redis": () => nodeRedisStore(redisUrl),
});
