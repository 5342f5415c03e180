/** The project's servers and proxies, imported in one place. */

export { type RedisCluster, startRedisCluster } from "../../../tools/redis-cluster.ts";
export { type RedisServer, startRedisServer } from "../../../tools/redis-server.ts";
export { type FaultProxy, faultProxy, type ProxyFault } from "../../doubles/fault-proxy.ts";
export { startRestServer } from "../../doubles/rest-server/server.ts";
