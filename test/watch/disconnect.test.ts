/** What watches leave behind: no connection, no timer and no listener. */
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { watch } from "../../src/watch/index.ts";
import { delayingProxy } from "../doubles/delaying-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { collected, endOf, until } from "./watched.ts";

const secret = "a secret of the watch tests, 32 bytes";

test.each([
  ["ioredis", false, ioredisStore],
  ["ioredis", true, ioredisStore],
  ["node-redis", false, nodeRedisStore],
  ["node-redis", true, nodeRedisStore],
] as const)(
  "%s, rotated: %s: a disconnect during a look leaves no connection behind",
  async (_, isRotated, open) => {
    const redis = await ownRedis();
    const proxy = await delayingProxy(redis.port);
    const admin = new Redis(redis.url);
    atEnd(() => Promise.all([admin.disconnect(), proxy.close()]));
    const connections = async () =>
      String(await admin.client("LIST"))
        .trim()
        .split("\n").length;
    for (let ms = 0; ms < 200; ms += 10) {
      proxy.lag = 0;
      const store = open(`redis://127.0.0.1:${proxy.port}`);
      const rwt = createRwt<number>({ store, secret }).with(sessions()).with(watch());
      const signed = await rwt.sign(1);
      // The watch is the first use of a token that was rotated to, which it records.
      const token = isRotated ? ((await rwt.rotate(signed)) ?? "") : signed;
      proxy.lag = 15;
      const watching = rwt.watch(token);
      await sleep(ms);
      await rwt.disconnect();
      expect(await watching.ended).toBeNull();
    }
    await until(async () => (await connections()) === 1);
    // Whatever the look that was under way did next, it would have done by now.
    await sleep(500);
    expect(await connections()).toBe(1);
  },
);

test("a disconnect during a look doesn't delay the watches after it", async () => {
  const redis = await ownRedis();
  const rwt = createRwt<number>({ store: ioredisStore(redis.url), secret }).with(watch({ every: 60 }));
  atEnd(() => rwt.disconnect());
  const token = await rwt.sign(1);
  for (let ms = 0; ms < 20; ms += 2) {
    rwt.watch(token);
    await sleep(ms);
    await rwt.disconnect();
  }
  const watching = rwt.watch(token);
  const events = collected(watching);
  await until(() => events.length === 1);
  await rwt.destroy(token);
  expect((await endOf(watching)).ms).toBeLessThan(500);
});

test("the connection is closed soon after the last watch, however rarely sessions are looked at", async () => {
  const redis = await ownRedis();
  const admin = new Redis(redis.url);
  const client = new Redis(redis.url);
  atEnd(() => Promise.all([admin.disconnect(), client.disconnect()]));
  const rwt = createRwt<number>({ store: ioredisStore(client), secret }).with(watch({ every: 3600 }));
  const token = await rwt.sign(1);
  const watching = rwt.watch(token);
  const isTracked = async () => /flags=t/.test(String(await admin.client("LIST")));
  await until(isTracked);
  watching.stop();
  await until(async () => !(await isTracked()));
});

test.each([true, false])("shared: %s: a store holds no watches that have ended", async (shared) => {
  const { tracking, ...inner } = memoryStore();
  if (tracking === undefined) throw new Error("the store doesn't track");
  let listeners = 0;
  const onDisconnect = (listener: () => void) => {
    const remove = tracking.onDisconnect(listener);
    listeners++;
    return () => {
      listeners--;
      remove();
    };
  };
  const store = { ...inner, tracking: { ...tracking, onDisconnect } };
  const token = await createRwt({ store, secret }).sign(1);
  for (let made = 0; made < 10; made++) {
    const rwt = createRwt<number>({ store, secret }).with(watch({ shared }));
    const watching = rwt.watch(token);
    const events = collected(watching);
    await until(() => events.length === 1);
    watching.stop();
  }
  expect(listeners).toBeGreaterThan(0);
  await until(() => listeners === 0);
});
