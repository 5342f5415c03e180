import { afterAll } from "vitest";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { type RestServer, startRestServer } from "../../tools/rest-server/server.ts";

/** A redis-server of this file's own, ended after it. */
export async function ownRedis(options?: Parameters<typeof startRedisServer>[0]): Promise<RedisServer> {
  const redis = await startRedisServer(options);
  afterAll(() => redis.stop());
  return redis;
}

/** The Upstash protocol in front of a Redis, ended after this file. */
export async function ownRest(redis: RedisServer): Promise<RestServer> {
  const rest = await startRestServer({ redisUrl: redis.url });
  afterAll(() => rest.close());
  return rest;
}
