import { createClient, RESP_TYPES } from "redis";
import { afterAll } from "vitest";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { runSuites } from "../support/run-suites.ts";
import { ownRedis } from "../support/servers.ts";
import { createTimeMachine } from "./time-machine.ts";

const redis = await ownRedis();
const client = createClient({ url: redis.url });
const resp2 = createClient({ url: redis.url, RESP: 2 });
const buffers = createClient({ url: redis.url }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
afterAll(() => Promise.all([client.close(), resp2.close(), buffers.close()]));
await client.connect();
const time = createTimeMachine((command) => client.sendCommand(command));

runSuites("node-redis by URL", time, () => nodeRedisStore(redis.url));
runSuites("node-redis by options", time, () => nodeRedisStore({ socket: { port: redis.port } }));
runSuites("node-redis with a client", time, () => nodeRedisStore(client));
runSuites("node-redis with a client of RESP2 that isn't connected yet", time, () => nodeRedisStore(resp2));
runSuites("node-redis with a client that maps to buffers", time, () => nodeRedisStore(buffers));
