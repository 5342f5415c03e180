import { Redis } from "ioredis";
import { afterAll } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRedis } from "../support/servers.ts";
import { createTimeMachine, tcpSender } from "./time-machine.ts";

const redis = await ownRedis();
const client = new Redis(redis.url);
afterAll(() => client.quit());
const time = createTimeMachine(tcpSender(client));

runSuites("ioredis by URL", time, () => ioredisStore(redis.url));
runSuites("ioredis by options", time, () => ioredisStore({ host: "127.0.0.1", port: redis.port }));
runSuites("ioredis with a client", time, () => ioredisStore(client));
