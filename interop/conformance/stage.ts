import { Redis } from "ioredis";
import { afterAll, beforeEach } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { ownRedis } from "../../test/support/servers.ts";

export const secret = "a secret that all languages share, 32 bytes or more";
export const older = "the secret before, also 32 bytes or more";

/** What a suite needs: a Redis of its own, emptied before each test, and TypeScript's service over it, which clients are compared with. */
export async function openStage() {
  const redis = await ownRedis();
  const admin = new Redis(redis.url);
  const store = ioredisStore(redis.url);
  const events: string[] = [];
  const rwt = createRwt({ store, secret }).with(sessions({ onEvent: ({ type }) => events.push(type) }));
  beforeEach(() => admin.flushall());
  afterAll(async () => {
    admin.disconnect();
    await store.disconnect();
  });
  /** Puts the ends of a rotation's grace and of its retries into the past. */
  const endGrace = async () => {
    const [key = ""] = await admin.keys("*:s:*");
    await admin.setrange(key, 33, "0000000005");
    await admin.setrange(key, 44, "0000000005");
  };
  return { redis, admin, store, rwt, events, endGrace };
}
