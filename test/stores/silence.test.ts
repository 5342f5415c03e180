import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { mutableProxy } from "../doubles/mutable-proxy.ts";
import { ownRedis } from "../support/servers.ts";
import { plant } from "../token/stored.ts";

const redis = await ownRedis();
const secret = "a secret of the tests, 32 bytes or more";
const timeout = 1000;
const url = (port: number) => `redis://127.0.0.1:${port}`;

const kinds = [
  {
    name: "ioredis",
    open: (port: number) => ioredisStore(url(port), { timeout }),
    once: (port: number) => ioredisStore({ port, retryStrategy: () => null }, { timeout }),
  },
  {
    name: "node-redis",
    open: (port: number) => nodeRedisStore(url(port), { timeout }),
    once: (port: number) => nodeRedisStore({ socket: { port, reconnectStrategy: false } }, { timeout }),
  },
];

describe.each(kinds)("$name", ({ open, once }) => {
  test("leaves a connection that has gone silent, and the next call has a new one", async () => {
    const proxy = await mutableProxy(redis.port);
    await using rwt = createRwt({ store: open(proxy.port), secret });
    const token = await rwt.sign("still here");
    proxy.mute();
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => rwt.verify(token)));
    const reasons = calls.map((call) => call.status === "rejected" && call.reason.reason);
    // The first whose time is up ends the connection, and with it what the others wait for.
    expect(reasons).toContain("timeout");
    for (const reason of reasons) expect(["timeout", "network"]).toContain(reason);
    expect((await rwt.verify(token))?.data).toBe("still here");
    expect(proxy.connections()).toBe(2);
    await expect.poll(proxy.held, { timeout: 5000 }).toBe(1);
  });

  test("keeps a connection on which only some calls are given up", async () => {
    const proxy = await mutableProxy(redis.port);
    await using rwt = createRwt({ store: open(proxy.port), secret });
    const token = await rwt.sign(1);
    const controller = new AbortController();
    const given = rwt.verify(token, { signal: controller.signal });
    controller.abort(new Error("gave up"));
    await expect(given).rejects.toThrow("gave up");
    await rwt.verify(token);
    expect(proxy.connections()).toBe(1);
  });

  test("connects anew after an end that its options forbid to mend", async () => {
    await using rwt = createRwt({ store: once(redis.port), secret });
    await rwt.sign(1);
    await redis.kill();
    await expect(rwt.sign(2)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    await redis.restart();
    await expect.poll(() => rwt.sign(3).catch(() => "not yet"), { timeout: 5000 }).toMatch(/^rwt_/);
  });

  test("disconnects from a silent server though a call is under way", async () => {
    const proxy = await mutableProxy(redis.port);
    const store = open(proxy.port);
    await plant(store, "k", "v");
    proxy.mute();
    const call = store.read({ session: "k" }).catch((error: unknown) => error);
    // By then its command has been sent.
    await new Promise(setImmediate);
    await store.disconnect();
    expect(await call).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    expect(await store.read({ session: "k" })).toEqual({ session: "v" });
    await store.disconnect();
    await expect.poll(proxy.held, { timeout: 5000 }).toBe(0);
  });
});
