import type { RedisServer } from "../../tools/redis-server.ts";
import { newSecret, type Service, startService, type Variables } from "../example/service.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** The example in workerd, over HTTP, with a Redis of this file's own. */
export async function startExample(
  variables: Variables = {},
): Promise<{ readonly url: string; readonly service: Service; readonly redis: RedisServer }> {
  const redis = await ownRedis();
  const rest = await ownRest(redis);
  const service = await startService("worker", {
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
    RWT_SECRET: newSecret(),
    ...variables,
  });
  return { url: service.url, service, redis };
}
