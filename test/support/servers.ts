import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { type RedisCluster, startRedisCluster } from "../../tools/redis-cluster.ts";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { type RestServer, startRestServer } from "../../tools/rest-server/server.ts";
import { atEnd } from "./at-end.ts";

/** A redis-server of this file's own, ended after the test or the file. */
export async function ownRedis(options?: Parameters<typeof startRedisServer>[0]): Promise<RedisServer> {
  const redis = await startRedisServer(options);
  atEnd(() => redis.stop());
  return redis;
}

/** One node that owns all slots refuses what crosses slots as a large cluster does. Ended after the test or this file. */
export async function ownClusterNode(): Promise<RedisServer> {
  const node = await ownRedis({ args: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"] });
  const admin = new Redis(node.url);
  await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  while (!(await admin.cluster("INFO")).includes("cluster_state:ok")) await sleep(20);
  await admin.quit();
  return node;
}

/** A cluster of three masters of this file's own, ended after the test or the file. */
export async function ownCluster(): Promise<RedisCluster> {
  const cluster = await startRedisCluster();
  atEnd(() => cluster.stop());
  return cluster;
}

/** The Upstash protocol in front of a Redis, ended after the test or this file. */
export async function ownRest(redis: RedisServer): Promise<RestServer> {
  const rest = await startRestServer({ redisUrl: redis.url });
  atEnd(() => rest.close());
  return rest;
}
