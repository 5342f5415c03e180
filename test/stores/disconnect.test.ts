import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
admin.on("error", () => {});
afterAll(() => admin.disconnect());
const secret = "a secret of the tests, 32 bytes or more";

/** How many clients Redis sees besides this file's own. */
const connections = async (): Promise<number> =>
  Number(/connected_clients:(\d+)/.exec(await admin.info("clients"))?.[1]) - 1;

const kinds = [
  { name: "ioredis", open: () => ioredisStore(redis.url, { timeout: 500 }) },
  { name: "node-redis", open: () => nodeRedisStore(redis.url, { timeout: 500 }) },
];

describe.each(kinds)("disconnect: $name", ({ open }) => {
  test("closes the one connection that all calls shared", async () => {
    const rwt = createRwt({ store: open(), secret });
    expect(await connections()).toBe(0);
    await Promise.all(Array.from({ length: 20 }, (_, i) => rwt.sign(i)));
    expect(await connections()).toBe(1);
    await rwt.disconnect();
    await expect.poll(connections).toBe(0);
  });

  test("before any call, and twice, does nothing", async () => {
    const rwt = createRwt({ store: open(), secret });
    await rwt.disconnect();
    await rwt.sign(1);
    await Promise.all([rwt.disconnect(), rwt.disconnect()]);
    await expect.poll(connections).toBe(0);
  });

  test("lets the calls under way be answered, and later ones open a connection of their own", async () => {
    const rwt = createRwt({ store: open(), secret });
    const token = await rwt.sign(1);
    redis.freeze();
    const underWay = Array.from({ length: 20 }, () => rwt.verify(token));
    // Turned away only once the tokens before it are opened, and their commands sent.
    expect(await rwt.verify(forged(token))).toBeNull();
    const leaving = rwt.disconnect();
    const after = rwt.verify(token);
    redis.thaw();
    for (const session of await Promise.all([...underWay, after])) expect(session?.data).toBe(1);
    await leaving;
    await rwt.disconnect();
    await expect.poll(connections).toBe(0);
  });

  test("from a Redis that doesn't answer ends in time, and leaves nothing behind", async () => {
    const rwt = createRwt({ store: open(), secret });
    await rwt.sign(1);
    redis.freeze();
    await rwt.disconnect();
    redis.thaw();
    await expect.poll(connections, { timeout: 5000 }).toBe(0);
  });

  test("from a Redis that is gone neither fails nor goes on trying", async () => {
    const rwt = createRwt({ store: open(), secret });
    await rwt.sign(1);
    await redis.kill();
    await expect(rwt.sign(2)).rejects.toThrow();
    await rwt.disconnect();
    await redis.restart();
    await expect.poll(connections, { timeout: 5000 }).toBe(0);
    // Longer than the longest wait between two attempts to connect.
    await new Promise((resume) => setTimeout(resume, 700));
    expect(await connections()).toBe(0);
  });
});

test("a client of the caller's own stays open", async () => {
  const ioredis = new Redis(redis.url);
  const nodeRedis = createClient({ url: redis.url });
  await nodeRedis.connect();
  for (const store of [ioredisStore(ioredis), nodeRedisStore(nodeRedis)]) {
    await using rwt = createRwt({ store, secret });
    await rwt.sign(1);
  }
  expect(await ioredis.ping()).toBe("PONG");
  expect(await nodeRedis.ping()).toBe("PONG");
  ioredis.disconnect();
  await nodeRedis.close();
});
