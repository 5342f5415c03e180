import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRedis } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

// One node that owns all slots refuses what crosses slots as a large cluster does.
const node = await ownRedis({ args: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"] });
const admin = new Redis(node.url);
await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
while (!(await admin.cluster("INFO")).includes("cluster_state:ok"))
  await new Promise((resume) => setTimeout(resume, 20));
const time = createTimeMachine(tcpSender(admin));

const ioredis = new Cluster([node.url]);
const nodeRedis = createCluster({ rootNodes: [{ url: node.url }] });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close(), admin.quit()]));

runSuites("ioredis cluster", time, () => ioredisStore(ioredis));
runSuites("node-redis cluster", time, () => nodeRedisStore(nodeRedis));
