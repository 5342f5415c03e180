import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownClusterNode } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

const node = await ownClusterNode();
const admin = new Redis(node.url);
const time = createTimeMachine(tcpSender(admin));

const ioredis = new Cluster([node.url]);
const nodeRedis = createCluster({ rootNodes: [{ url: node.url }] });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close(), admin.quit()]));

runSuites("ioredis cluster", time, () => ioredisStore(ioredis));
runSuites("node-redis cluster", time, () => nodeRedisStore(nodeRedis));
