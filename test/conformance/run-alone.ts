/**
 * The suites without a test runner, on the built package: for runtimes that Vitest doesn't run in.
 *
 * Takes what is under test from the environment: REST_URL and REST_TOKEN, and REDIS_URL; one that nobody else
 * uses. Prints a line for each store, and every failure.
 */
import { createRwt, type TokenStore } from "redis-web-token";
import { bunRedisStore } from "redis-web-token/bun";
import { ioredisStore } from "redis-web-token/ioredis";
import { memoryStore } from "redis-web-token/memory";
import { nodeRedisStore } from "redis-web-token/node-redis";
import { storeContract } from "redis-web-token/testing";
import { upstashStore } from "redis-web-token/upstash";
import { conformance } from "./cases.ts";
import { createTimeMachine, restSender } from "./time-machine.ts";

declare const process: { readonly env: Record<string, string | undefined>; exit(code: number): never };

const { REST_URL: url = "", REST_TOKEN: token = "", REDIS_URL: redisUrl = "" } = process.env;
const time = createTimeMachine(restSender(url, token));
const memory = memoryStore({ now: time.now });

const stores: [string, () => TokenStore][] = [
  ["memory", () => memory],
  ["upstash", () => upstashStore({ url, token })],
  ["ioredis", () => ioredisStore(redisUrl)],
  ["node-redis", () => nodeRedisStore(redisUrl)],
];
if ("Bun" in globalThis) stores.push(["bun", () => bunRedisStore(redisUrl)]);

let failures = 0;
for (const [name, open] of stores) {
  const cases = [
    ...storeContract({ advance: time.advance }).map(({ name, run }) => ({ name, run: () => run(store()) })),
    ...conformance.map(({ name, run }) => ({
      name,
      run: () => run({ createRwt, openStore: store, ...time }),
    })),
  ];
  const opened: TokenStore[] = [];
  function store(): TokenStore {
    const made = open();
    opened.push(made);
    return made;
  }
  let passed = 0;
  for (const { name: sentence, run } of cases) {
    try {
      await run();
      passed++;
    } catch (error) {
      failures++;
      console.error(`${name}: ${sentence}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await Promise.all(opened.splice(0).map((store) => store.disconnect()));
  }
  console.log(`${name}: ${passed} of ${cases.length} passed`);
}
process.exit(failures === 0 ? 0 : 1);
