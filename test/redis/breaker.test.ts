import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type RedisConnection, redisStore } from "../../src/redis/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { mutableProxy } from "../doubles/mutable-proxy.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);

const reasonOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => "none",
    (error: { reason: string }) => error.reason,
  );

test.each(storeKinds(redis, rest))(
  "$name: after so many failures calls fail at once, and work again by themselves once Redis is back",
  async ({ open }) => {
    const store = open({ timeout: 500, breaker: { failures: 3, retryAfter: 300 } });
    const rwt = createRwt({ store, secret });
    await rwt.connect();
    await redis.kill();
    // A REST server that can't reach its Redis answers that at once; this one is gone too.
    rest.faults.dropBefore = true;
    try {
      const reasons: string[] = [];
      for (let i = 0; i < 4; i++) reasons.push(await reasonOf(rwt.sign(1)));
      expect(reasons.slice(0, 3)).not.toContain("breaker");
      expect(reasons[3]).toBe("breaker");
      // One of these may be the trial; the others don't wait for it.
      await sleep(300);
      const later = await Promise.all(Array.from({ length: 20 }, () => reasonOf(rwt.sign(1))));
      expect(later.filter((reason) => reason === "breaker")).toHaveLength(19);
    } finally {
      rest.faults.reset();
      await redis.restart();
    }
    await expect.poll(() => rwt.sign("back").catch(() => ""), { timeout: 10_000 }).toMatch(/^rwt_/);
    await rwt.disconnect();
  },
);

test.each([
  ["ioredis", ioredisStore],
  ["node-redis", nodeRedisStore],
] as const)(
  "%s: a silent Redis is tried once in each interval, however many calls there are",
  async (_, make) => {
    const proxy = await mutableProxy(redis.port);
    const store = make(`redis://127.0.0.1:${proxy.port}`, {
      timeout: 300,
      breaker: { failures: 1, retryAfter: 60_000 },
    });
    await using rwt = createRwt({ store, secret });
    const token = await rwt.sign(1);
    proxy.mute();
    expect(await reasonOf(rwt.verify(token))).toBe("timeout");
    const many = await Promise.all(Array.from({ length: 200 }, () => reasonOf(rwt.verify(token))));
    expect(new Set(many)).toEqual(new Set(["breaker"]));
    // Not one of them connected, in place of the connection that went silent.
    expect(proxy.connections()).toBe(1);
  },
);

/** A connection that does as it is told, for what no Redis does on demand. */
function scripted() {
  const told = { error: undefined as Error | undefined, hangs: false, sent: 0 };
  const connection: RedisConnection = {
    async send() {
      told.sent++;
      if (told.hangs) await new Promise(() => {});
      if (told.error !== undefined) throw told.error;
      return "PONG";
    },
    close: async () => {},
  };
  return { told, connection };
}

test("an answer ends the row of failures, an error too; a caller's own abort counts for nothing", async () => {
  const { told, connection } = scripted();
  const store = redisStore(connection, { timeout: 60_000, breaker: { failures: 2, retryAfter: 60_000 } });
  const lost = Object.assign(new Error("lost"), { code: "ECONNRESET" });
  for (const error of [lost, new Error("LOADING Redis is loading"), lost, undefined, lost]) {
    told.error = error;
    expect(await reasonOf(store.connect())).not.toBe("breaker");
  }
  told.hangs = true;
  for (let i = 0; i < 3; i++) {
    const controller = new AbortController();
    const call = store.connect({ signal: controller.signal });
    controller.abort(new Error("gave up"));
    await expect(call).rejects.toThrow("gave up");
  }
  told.hangs = false;
  expect(await reasonOf(store.connect())).toBe("network");
  const { sent } = told;
  expect(await reasonOf(store.connect())).toBe("breaker");
  expect(told.sent).toBe(sent);
});

test("bad options are refused at once", () => {
  const { connection } = scripted();
  for (const [breaker, option] of [
    [{ failures: 0 }, "failures"],
    [{ retryAfter: "1s" }, "retryAfter"],
    [{ retries: 1 }, "retries"],
    [true, "breaker"],
  ] as const) {
    expect(() => redisStore(connection, { breaker: breaker as never })).toThrow(
      expect.objectContaining({ option }),
    );
  }
});
