import { Cluster } from "ioredis";
import { createCluster } from "redis";
import { afterAll } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownCluster } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

const cluster = await ownCluster();
const time = createTimeMachine((command) =>
  Promise.all(cluster.masters.map((master) => tcpSender(master)(command))),
);

const ioredis = new Cluster([...cluster.urls]);
const nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close()]));

runSuites("ioredis cluster", time, () => ioredisStore(ioredis));
runSuites("node-redis cluster", time, () => nodeRedisStore(nodeRedis));
