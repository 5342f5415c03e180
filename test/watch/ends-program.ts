/** Watches a session, stops, disconnects, and prints how many milliseconds later the process ended by itself. */
import { performance } from "node:perf_hooks";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { watch } from "../../src/watch/index.ts";

const [, , url = "", kind = ""] = process.argv;
const stores = {
  ioredis: () => ioredisStore(url),
  "node-redis": () => nodeRedisStore(url),
  memory: memoryStore,
};
const store = stores[kind as keyof typeof stores]();
const rwt = createRwt({ store, secret: "a secret of the watch tests, 32 bytes" }).with(watch());
const watching = rwt.watch(await rwt.sign(1));
await watching.next();
watching.stop();
await rwt.disconnect();
const from = performance.now();
process.on("exit", () => console.log(performance.now() - from));
