import { type RedisCluster, startRedisCluster } from "../../tools/redis-cluster.ts";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { type RestServer, startRestServer } from "../doubles/rest-server/server.ts";
import { atEnd } from "./at-end.ts";

/** Starts a redis-server that isn't shared with other test files. It stops after the test or the file. */
export async function ownRedis(options?: Parameters<typeof startRedisServer>[0]): Promise<RedisServer> {
  const redis = await startRedisServer(options);
  atEnd(() => redis.stop());
  return redis;
}

/**
 * Starts a cluster of one node, which rejects commands that cross slots as a large cluster does. It stops after the test or the file.
 */
export async function ownClusterNode(): Promise<RedisServer> {
  const [node] = (await ownCluster(1)).servers;
  if (node === undefined) throw new Error("a cluster of no nodes");
  return node;
}

/** Starts a cluster of masters that isn't shared with other test files. It stops after the test or the file. */
export async function ownCluster(size = 3): Promise<RedisCluster> {
  const cluster = await startRedisCluster(size);
  atEnd(() => cluster.stop());
  return cluster;
}

/** Starts an Upstash REST server in front of a Redis. It stops after the test or the file. */
export async function ownRest(redis: Pick<RedisServer, "url">): Promise<RestServer> {
  const rest = await startRestServer({ redisUrl: redis.url });
  atEnd(() => rest.close());
  return rest;
}
