import { Redis } from "ioredis";
import { describe, expect, test, vi } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const secret = "a secret of the tests, 32 bytes or more";
/** Longer than any test takes. */
const cache = { ttl: 600 };
const elsewhere = createRwt({ store: ioredisStore(admin), secret });

describe.each(storeKinds(redis, rest))("cache: $name", ({ open }) => {
  const store = open({ cache });
  const rwt = createRwt({ store, secret });
  const sliding = createRwt({ store, secret, verifyExtendsToken: true });

  test("a token that comes again costs no command, and gives the same session", async () => {
    const token = await rwt.sign({ id: 1 }, { subject: "1", meta: { device: "iPad" } });
    const first = await rwt.verify(token);
    const sent = await commandsOf(admin, async () => {
      for (let i = 0; i < 5; i++) expect(await rwt.verify(token)).toEqual(first);
    });
    expect(sent).toEqual({});
    expect(first).toMatchObject({ data: { id: 1 }, subject: "1" });
  });

  test("nobody shares the data itself", async () => {
    const token = await rwt.sign({ roles: ["user"] });
    const first = (await rwt.verify(token)) as { data: { roles: string[] } } | null;
    first?.data.roles.push("admin");
    expect((await rwt.verify(token))?.data).toEqual({ roles: ["user"] });
  });

  test("a destroy through it is seen at once, while a read is on its way too", async () => {
    const token = await rwt.sign(1);
    expect(await rwt.verify(token)).not.toBeNull();
    const [, ended] = await Promise.all([rwt.verify(token), rwt.destroy(token)]);
    expect(ended).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
    const other = await rwt.sign(2);
    await Promise.all([rwt.destroy(other), rwt.verify(other)]);
    expect(await rwt.verify(other)).toBeNull();
  });

  test("that a token isn't live is never kept", async () => {
    await admin.flushall();
    const token = await rwt.sign(1);
    const [key = ""] = await admin.keys("*");
    await admin.rename(key, "elsewhere");
    expect(await rwt.verify(token)).toBeNull();
    await admin.rename("elsewhere", key);
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test("a verify that slides is content with nothing less, and then with memory", async () => {
    const token = await rwt.sign(1);
    await rwt.verify(token);
    expect(await commandsOf(admin, () => sliding.verify(token))).toEqual({ getex: 1 });
    // Redis may tell the client of its own change, and so of something to forget, once.
    await sliding.verify(token);
    expect(await commandsOf(admin, () => sliding.verify(token))).toEqual({});
    expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({});
    await rwt.extend(token, { expire: 60 });
    expect(await commandsOf(admin, () => sliding.verify(token))).toEqual({ getex: 1 });
  });

  test("a sliding session that is verified all the time doesn't idle out, though memory answers", async () => {
    const token = await sliding.sign(1, { expire: 2 });
    const end = Date.now() + 4500;
    const sent = await commandsOf(admin, async () => {
      while (Date.now() < end) {
        expect(await sliding.verify(token)).not.toBeNull();
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    // Memory answers most of the verifies: the idle timeout restarts when half of it has passed.
    expect(sent.getex).toBeGreaterThanOrEqual(3);
    expect(sent.getex).toBeLessThan(20);
  });

  test("Redis is gone: what is in memory is let in, and anything else is an outage", async () => {
    const own = await ownRedis();
    const kept = ioredisStore(own.url, { cache, timeout: 300 });
    const service = createRwt({ store: kept, secret });
    const [known, unknown] = [await service.sign(1), await service.sign(2)];
    await service.verify(known);
    await own.kill();
    expect((await service.verify(known))?.data).toBe(1);
    await expect(service.verify(unknown)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    await expect(service.destroy(known)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    // A destroy was asked for, and nobody knows what became of it.
    await expect(service.verify(known)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    await service.disconnect();
  });
});

describe("staleness", () => {
  test("what another process ends is let in for ttl seconds at most", async () => {
    const store = ioredisStore(redis.url, { cache: { ttl: 1 } });
    const rwt = createRwt({ store, secret });
    const token = await rwt.sign(1);
    await rwt.verify(token);
    const filled = performance.now();
    await elsewhere.destroy(token);
    let last = filled;
    for (;;) {
      const at = performance.now();
      if ((await rwt.verify(token)) === null) break;
      last = at;
    }
    expect(last - filled).toBeLessThan(1000);
    await rwt.disconnect();
  });

  test("a sleep of the machine, which stops one of its clocks, makes it let in nobody for longer", async () => {
    const store = ioredisStore(redis.url, { cache });
    const rwt = createRwt({ store, secret });
    const token = await rwt.sign(1);
    await rwt.verify(token);
    await elsewhere.destroy(token);
    expect(await rwt.verify(token)).not.toBeNull();
    const woken = Date.now() + cache.ttl * 1000;
    const wall = vi.spyOn(Date, "now").mockImplementation(() => woken);
    expect(await rwt.verify(token)).toBeNull();
    wall.mockRestore();
    await rwt.disconnect();
  });

  test("never longer than the token's deadline", async () => {
    let now = 1_800_000_000;
    const store = ioredisStore(redis.url, { cache });
    const rwt = createRwt({ store, secret, maxLifetime: 60, now: () => now });
    const token = await rwt.sign(1);
    expect(await rwt.verify(token)).not.toBeNull();
    now += 60;
    expect(await rwt.verify(token)).toBeNull();
    await rwt.disconnect();
  });

  test("no more than max are kept", async () => {
    const store = ioredisStore(redis.url, { cache: { ttl: 600, max: 10 } });
    const rwt = createRwt({ store, secret });
    const tokens: string[] = [];
    for (let i = 0; i < 15; i++) tokens.push(await rwt.sign(i));
    for (const token of tokens) await rwt.verify(token);
    const { get = 0 } = await commandsOf(admin, async () => {
      for (const token of tokens.toReversed()) await rwt.verify(token);
    });
    expect(get).toBeGreaterThanOrEqual(5);
    await rwt.disconnect();
  });
});
