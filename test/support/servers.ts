import { type RedisCluster, startRedisCluster } from "../../tools/redis-cluster.ts";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { type RestServer, startRestServer } from "../doubles/rest-server/server.ts";
import { atEnd } from "./at-end.ts";

/** A redis-server of this file's own, ended after the test or the file. */
export async function ownRedis(options?: Parameters<typeof startRedisServer>[0]): Promise<RedisServer> {
  const redis = await startRedisServer(options);
  atEnd(() => redis.stop());
  return redis;
}

/** One node that owns all slots refuses what crosses slots as a large cluster does. Ended after the test or this file. */
export async function ownClusterNode(): Promise<RedisServer> {
  const [node] = (await ownCluster(1)).servers;
  if (node === undefined) throw new Error("a cluster of no nodes");
  return node;
}

/** A cluster of masters of this file's own, ended after the test or the file. */
export async function ownCluster(size = 3): Promise<RedisCluster> {
  const cluster = await startRedisCluster(size);
  atEnd(() => cluster.stop());
  return cluster;
}

/** The Upstash protocol in front of a Redis, ended after the test or this file. */
export async function ownRest(redis: Pick<RedisServer, "url">): Promise<RestServer> {
  const rest = await startRestServer({ redisUrl: redis.url });
  atEnd(() => rest.close());
  return rest;
}
