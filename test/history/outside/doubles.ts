/** Servers and proxies that the project has already, imported in this one place. */

export { type RedisCluster, startRedisCluster } from "../../../tools/redis-cluster.ts";
export { type RedisServer, startRedisServer } from "../../../tools/redis-server.ts";
export { startRestServer } from "../../../tools/rest-server/server.ts";
export { type FaultProxy, faultProxy, type ProxyFault } from "../../support/fault-proxy.ts";
