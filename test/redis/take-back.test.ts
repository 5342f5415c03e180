import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { mutableProxy } from "../doubles/mutable-proxy.ts";
import { once } from "../doubles/rest-server/faults.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";
import { ALONE, newSession, noting, OWNED } from "./stub-connection.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
afterAll(() => admin.quit());
afterEach(async () => {
  rest.faults.reset();
  await admin.call("CLIENT", "UNPAUSE");
  await admin.flushall();
});

const sessionKeys = async (): Promise<number> => (await admin.keys("*:s:*")).length;
/** Holds up every command for so many milliseconds; what was sent is carried out afterwards. */
const holdUp = (ms: number): Promise<unknown> => admin.call("CLIENT", "PAUSE", String(ms), "ALL");
const none = async (): Promise<void> => {
  await expect.poll(sessionKeys, { timeout: 8000 }).toBe(0);
  // Nor does it come later.
  await sleep(300);
  expect(await sessionKeys()).toBe(0);
};

describe.each(storeKinds(redis, rest))("over $name a session that nobody holds is taken back", ({ open }) => {
  test.each([undefined, "ada"])(
    "after a timeout, though the write came late: subject %s",
    async (subject) => {
      const rwt = createRwt({ store: open({ timeout: 120 }), secret });
      // The first call connects, for which a crowded machine may need longer.
      const works = async (): Promise<boolean> => rwt.destroy(await rwt.sign(0));
      await expect.poll(() => works().catch(() => false), { timeout: 8000 }).toBe(true);
      await holdUp(500);
      await expect(rwt.sign(1, { subject })).rejects.toMatchObject({ reason: "timeout" });
      await none();
      expect(await admin.keys("*:i:*")).toEqual([]);
    },
  );

  test.each([undefined, "ada"])("after its caller gave up: subject %s", async (subject) => {
    const rwt = createRwt({ store: open(), secret });
    await rwt.destroy(await rwt.sign(0));
    await holdUp(300);
    const sign = rwt.sign(1, { subject, signal: AbortSignal.timeout(40) });
    await expect(sign).rejects.toMatchObject({ name: "TimeoutError" });
    await none();
  });

  test("and doesn't count against the person's limit before", async () => {
    const rwt = createRwt({ store: open(), secret }).with(sessions({ maxSessions: 2 }));
    const real = await rwt.sign("real", { subject: "ada" });
    for (let i = 0; i < 4; i++) {
      await holdUp(100);
      const sign = rwt.sign("lost", { subject: "ada", signal: AbortSignal.timeout(30) });
      await expect(sign).rejects.toMatchObject({ name: "TimeoutError" });
    }
    const second = await rwt.sign("second", { subject: "ada" });
    expect((await rwt.verify(real))?.data).toBe("real");
    await expect.poll(sessionKeys, { timeout: 8000 }).toBe(2);
    expect((await rwt.verify(second))?.data).toBe("second");
  });
});

test.each(["dropAfter", "hangAfter", "truncate"] as const)(
  "over HTTP after an answer that was lost: %s",
  async (fault) => {
    const rwt = createRwt({
      store: upstashStore({ url: rest.url, token: rest.token }, { timeout: 300 }),
      secret,
    });
    await rwt.sign(0, { subject: "ada", signal: undefined });
    await admin.flushall();
    rest.faults[fault] = once(true);
    await expect(rwt.sign(1, { subject: "ada" })).rejects.toMatchObject({
      code: "ERR_RWT_STORE_UNAVAILABLE",
    });
    await none();
  },
);

test("a signal that has aborted already sends nothing, then or later", async () => {
  const { sent, store } = noting([]);
  const signal = AbortSignal.abort(new Error("gave up"));
  await expect(store.create(newSession(ALONE), { now: 0, signal })).rejects.toThrow("gave up");
  await sleep(100);
  expect(sent).toEqual([]);
});

test.each([
  "OOM command not allowed",
  "READONLY You can't write against a read only replica.",
  "NOAUTH Authentication required.",
])("a refusal stores nothing, so nothing is taken back: %s", async (message) => {
  const { sent, store } = noting([new Error(message)]);
  await expect(store.create(newSession(OWNED), { now: 0 })).rejects.toThrow();
  await sleep(100);
  expect(sent).toHaveLength(1);
});

test("while Redis is gone there is one attempt at a time, further and further apart, for any number of sessions", async () => {
  const lost = Object.assign(new Error("lost"), { code: "ECONNREFUSED" });
  const { sent, store } = noting(Array.from({ length: 1000 }, () => lost));
  const signs = Array.from({ length: 100 }, (_, i) =>
    store.create(newSession({ ...OWNED, member: `m${i}` }), { now: 0 }).catch(() => {}),
  );
  await Promise.all(signs);
  await sleep(500);
  // At 0, 50, 150 and 350 ms.
  expect(sent.length - signs.length).toBeLessThanOrEqual(4);
  expect(sent.length - signs.length).toBeGreaterThanOrEqual(2);
  await store.disconnect();
  const { length } = sent;
  await sleep(500);
  expect(sent).toHaveLength(length);
});

test("its attempts don't count for the breaker, and are refused while it is open", async () => {
  const lost = Object.assign(new Error("lost"), { code: "ECONNREFUSED" });
  const breaker = { failures: 3, retryAfter: 60_000 };
  const { sent, store } = noting(
    Array.from({ length: 1000 }, () => lost),
    {},
    { breaker },
  );
  const reasonOfSign = (): Promise<unknown> =>
    store.create(newSession(ALONE), { now: 0 }).catch(({ reason }) => reason);
  expect([await reasonOfSign(), await reasonOfSign()]).toEqual(["network", "network"]);
  await sleep(200);
  expect(await reasonOfSign()).toBe("network");
  expect(await reasonOfSign()).toBe("breaker");
  const { length } = sent;
  await sleep(300);
  expect(sent).toHaveLength(length);
  await store.disconnect();
});

test("a sign that fails because of disconnect opens no connection afterwards", async () => {
  const proxy = await mutableProxy(redis.port);
  const rwt = createRwt({ store: ioredisStore(`redis://127.0.0.1:${proxy.port}`), secret });
  await rwt.sign(0);
  proxy.mute();
  const sign = rwt.sign(1).catch(() => "failed");
  // It has been sent, and gets no answer.
  await sleep(200);
  await rwt.disconnect();
  expect(await sign).toBe("failed");
  await sleep(500);
  expect(proxy.connections()).toBe(1);
});

test("endLater ends a session of a memory store too", async () => {
  const store = memoryStore();
  const keys = { ...OWNED };
  await store.create(newSession(keys, { deadline: Date.now() / 1000 + 600 }), { now: 0 });
  store.endLater({ redis: keys, ttl: 60 });
  await expect.poll(async () => (await store.read(keys)).session).toBeNull();
});
