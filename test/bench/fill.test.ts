/** What fills Redis for `npm run bench -- --only=ten-million`. */
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { copierOf } from "../../bench/lib/fill.ts";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { ownRedis } from "../support/servers.ts";

test("copies have a session's value and its key's length, and end by themselves", async () => {
  const server = await ownRedis();
  const redis = new Redis(server.url);
  try {
    const secret = "a secret of the tests, 32 bytes or more";
    const rwt = createRwt<{ id: string }>({ store: ioredisStore(redis), secret });
    const token = await rwt.sign({ id: "42" });
    const [original = ""] = await redis.keys("*");
    const write = await copierOf(redis, 600);
    await write(30);
    await write(12);

    const keys = await redis.keys("*");
    expect(keys).toHaveLength(43);
    const value = await redis.get(original);
    for (const key of keys) {
      expect(key).toHaveLength(original.length);
      expect(await redis.get(key)).toBe(value);
      expect(await redis.ttl(key)).toBeGreaterThan(0);
    }
    expect((await rwt.verify(token))?.data.id).toBe("42");
  } finally {
    redis.disconnect();
  }
});

test("there must be a session to copy", async () => {
  const server = await ownRedis();
  const redis = new Redis(server.url);
  await expect(copierOf(redis, 600)).rejects.toThrow("there is no session to copy");
  redis.disconnect();
});
