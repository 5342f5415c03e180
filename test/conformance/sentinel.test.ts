import { Redis } from "ioredis";
import { createSentinel } from "redis";
import { afterAll } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRedis } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

const primary = await ownRedis();
const sentinel = await ownRedis({
  config: [`sentinel monitor main 127.0.0.1 ${primary.port} 1`],
  args: ["--sentinel"],
});

const admin = new Redis(primary.url);
const time = createTimeMachine(tcpSender(admin));
const address = { host: "127.0.0.1", port: sentinel.port };
const client = createSentinel({ name: "main", sentinelRootNodes: [address] });
client.on("error", () => {});
afterAll(() => Promise.all([client.close(), admin.quit()]));

runSuites("ioredis by sentinel options", time, () => ioredisStore({ sentinels: [address], name: "main" }));
runSuites("node-redis sentinel", time, () => nodeRedisStore(client));
