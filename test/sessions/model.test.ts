import { Redis } from "ioredis";
import { afterAll, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { secret } from "./fixture.ts";
import { Model, randomOf } from "./model.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
const redisStores = [
  ioredisStore(redis.url, { timeout: 20_000 }),
  nodeRedisStore(redis.url, { timeout: 20_000 }),
  upstashStore({ url: rest.url, token: rest.token }, { timeout: 20_000 }),
];
const memory = memoryStore();
afterAll(() => {
  admin.disconnect();
  for (const store of redisStores) store.disconnect();
});

/** At least 100,000 in total. */
const OPERATIONS = 60_000;
// Set RWT_SEED to repeat a failed run.
const seed = Number(process.env.RWT_SEED ?? Date.now() % 1_000_000);

test.each([
  ["in memory", [memory, memory], undefined],
  ["in Redis, by three kinds of clients at once", redisStores, admin],
])(
  "whatever runs concurrently, no ended session is accepted and no live one refused: %s",
  async (_, stores, admin) => {
    const clients = stores.map((store) => createRwt<number>({ store, secret }).with(sessions()));
    const model = new Model(clients, randomOf(seed));
    try {
      while (model.operations < OPERATIONS) {
        await model.round();
        if (admin === undefined || Math.floor(model.operations / 100) % 50 !== 0) continue;
        for (const key of await admin.keys("*")) {
          expect(await admin.ttl(key), `${key} has no expiry`).toBeGreaterThanOrEqual(0);
        }
      }
    } catch (error) {
      throw new Error(`RWT_SEED=${seed}, after ${model.operations} operations: ${error}`, { cause: error });
    }
    expect(model.operations).toBeGreaterThanOrEqual(OPERATIONS);
  },
  180_000,
);
