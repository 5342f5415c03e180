import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwtWithLegacy, type LegacyOptions } from "../../src/legacy/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";
import { signedByOldNode, signedByOldPhp } from "./old-libraries.ts";

interface User {
  readonly name: string;
}

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
afterAll(() => admin.quit());
beforeEach(() => admin.flushall());

const secret = "the new secret of the tests, 32 bytes or more";
const old = { user: { name: "Zoë", age: 0, admin: true }, secret: "az3rty!", prefix: "sess:", expire: 600 };
const seconds = () => Math.floor(Date.now() / 1000);

/** Every key in Redis, and what is left of its life. */
async function lives(): Promise<number[]> {
  return Promise.all((await admin.keys("*")).map((key) => admin.ttl(key)));
}

describe.each(storeKinds(redis, rest))("old tokens: $name", ({ open }) => {
  const store = open() as ReturnType<typeof redisStore>;
  const withLegacy = (legacy: Partial<LegacyOptions<User>> = {}, options = {}) =>
    createRwtWithLegacy<User>({
      store,
      secret,
      legacy: { prefix: old.prefix, secret: old.secret, ...legacy },
      ...options,
    });

  test("of Node's library are verified as they are, and their expiry stays", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    const session = await withLegacy().verify(token);
    expect(session?.data).toEqual({ name: "Zoë", admin: "true" });
    expect(session).toMatchObject({ subject: undefined, meta: undefined, issuedAt: 0, expire: 3600 });
    expect(session).not.toHaveProperty("newToken");
    expect(await admin.ttl(key)).toBeLessThanOrEqual(600);
  });

  test("of PHP's library too, whose default has no prefix", async () => {
    const { token } = await signedByOldPhp(admin, { ...old, prefix: "" });
    expect((await withLegacy({ prefix: "" }).verify(token))?.data).toEqual({
      name: "Zoë",
      age: "0",
      admin: "1",
    });
    expect(await withLegacy().verify(token)).toBeNull();
  });

  test("slide where verifyExtendsToken is on, and are extended", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    expect(await withLegacy({}, { verifyExtendsToken: true }).verify(token)).not.toBeNull();
    expect(await admin.ttl(key)).toBeGreaterThan(3590);
    expect(await withLegacy({}, { expire: 60 }).extend(token)).toBe(true);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(60);
    expect(await withLegacy().extend(token, { expire: 90 })).toBe(true);
    expect(await admin.ttl(key)).toBeGreaterThan(60);
  });

  test("are destroyed", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = withLegacy();
    expect(await rwt.destroy(token)).toBe(true);
    expect(await admin.dbsize()).toBe(0);
    expect(await rwt.verify(token)).toBeNull();
    expect(await rwt.destroy(token)).toBe(false);
    expect(await rwt.extend(token)).toBe(false);
    expect(await admin.dbsize()).toBe(0);
  });

  test.each(["verify", "extend"] as const)("without an expiry get one at the first %s", async (call) => {
    const { expire, ...dead } = old;
    const { token, key } = await signedByOldNode(admin, dead);
    expect(await admin.ttl(key)).toBe(-1);
    expect(await withLegacy({}, { expire: 900 })[call](token)).toBeTruthy();
    expect(await admin.ttl(key)).toBeGreaterThan(890);
  });

  test("without an expiry are found where nobody shows them, and nothing else is touched", async () => {
    const { expire, ...dead } = old;
    const orphans = await Promise.all([signedByOldNode(admin, dead), signedByOldPhp(admin, dead)]);
    const { key: alive } = await signedByOldNode(admin, { ...old, expire: 50 });
    await admin.hset("sess:bm90IGEgdG9rZW4=", "a", "1");
    await admin.hset("sess:not base64", "a", "1");
    await admin.set("sess:abc", "connect-redis");
    await admin.hset(orphans[0].key.replace("sess:", "other:"), "a", "1");
    const rwt = withLegacy({}, { expire: 900 });
    expect(await rwt.expireOrphans()).toBe(2);
    for (const { key } of orphans) expect(await admin.ttl(key)).toBeGreaterThan(890);
    expect(await admin.ttl(alive)).toBeLessThanOrEqual(50);
    expect((await lives()).filter((ttl) => ttl === -1)).toHaveLength(4);
    expect(await rwt.expireOrphans()).toBe(0);
  });

  test("are found under a prefix with characters that SCAN's patterns give a meaning, and nothing beside it", async () => {
    const { expire, ...dead } = old;
    const mine = await signedByOldNode(admin, { ...dead, prefix: "a[b]*?\\:" });
    const other = await signedByOldNode(admin, { ...dead, prefix: "ab:" });
    expect(await withLegacy({ prefix: "a[b]*?\\:" }).expireOrphans()).toBe(1);
    expect(await admin.ttl(mine.key)).toBeGreaterThan(0);
    expect(await admin.ttl(other.key)).toBe(-1);
  });

  test("end at `until`: nothing extends one past it, and then none costs a command", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    const until = seconds() + 100;
    const rwt = withLegacy({ until }, { verifyExtendsToken: true });
    expect((await rwt.verify(token))?.deadline).toBe(until);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(100);
    await rwt.extend(token, { expire: 5000 });
    expect(await admin.ttl(key)).toBeLessThanOrEqual(100);
    const over = createRwtWithLegacy({
      store: redisStore({ send: () => Promise.reject(new Error("asked")), close: async () => {} }),
      secret,
      legacy: { prefix: "sess:", secret: "az3rty!", until: seconds() },
    });
    expect(await over.verify(token)).toBeNull();
    expect(await over.extend(token)).toBe(false);
  });

  test("new tokens are signed, verified, extended and destroyed as ever", async () => {
    const rwt = withLegacy();
    const token = await rwt.sign({ name: "Ada" }, { subject: "1" });
    expect(token).toMatch(/^rwt_/);
    expect((await rwt.verify(token))?.subject).toBe("1");
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("with another secret or an unknown token are null, and what has no token's shape costs no command", async () => {
    await signedByOldNode(admin, old);
    expect(await withLegacy({ secret: "other" }).verify("0000-0000-0000-0000-0000")).toBeNull();
    const deaf = createRwtWithLegacy({
      store: redisStore({ send: () => Promise.reject(new Error("asked")), close: async () => {} }),
      secret,
      legacy: { prefix: "sess:", secret: "az3rty!" },
    });
    for (const bad of [
      "",
      "0",
      "0-0-0-0",
      "00000-0-0-0-0",
      "0-0-0-0-0-0",
      "0-0-0-0-g",
      "0-0-0-0-0\n",
      "A-0-0-0-0",
    ]) {
      expect(await deaf.verify(bad)).toBeNull();
      expect(await deaf.extend(bad)).toBe(false);
      expect(await deaf.destroy(bad)).toBe(false);
    }
  });

  describe("upgrade", () => {
    const upgrading = (more: Partial<LegacyOptions<User>> = {}, options = {}) =>
      withLegacy({ upgrade: ({ name }) => ({ subject: name }), ...more }, options);

    test("hands back a new token, and the old one lives for `grace` seconds more", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      const rwt = upgrading({ grace: 30 });
      const session = await rwt.verify(token);
      expect(session).toMatchObject({ data: { name: "Zoë" }, subject: "Zoë" });
      expect(session?.newToken).toMatch(/^rwt_/);
      expect((await rwt.verify(session?.newToken))?.data).toEqual(session?.data);
      expect(await admin.ttl(key)).toBeLessThanOrEqual(30);
      expect(await lives()).not.toContain(-1);
    });

    test("gives one and the same token to parallel requests and after a lost reply", async () => {
      const { token } = await signedByOldNode(admin, old);
      const rwt = upgrading({}, { verifyExtendsToken: true });
      const sessions = await Promise.all(Array.from({ length: 10 }, () => rwt.verify(token)));
      sessions.push(await rwt.verify(token));
      const tokens = new Set(sessions.map((session) => session?.newToken));
      expect(tokens.size).toBe(1);
      // The old hash and one new session: the losers of the race left none behind.
      expect((await admin.keys("*")).filter((key) => !key.includes(":u:")).length).toBe(2);
    });

    test("an exchanged token stands for its successor, whichever service sees it", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      const newToken = (await upgrading().verify(token))?.newToken;
      const plain = withLegacy();
      expect(await plain.verify(token)).toMatchObject({ newToken, data: { name: "Zoë", admin: "true" } });
      expect(await plain.extend(token)).toBe(true);
      expect(await admin.ttl(key)).toBeLessThanOrEqual(300);
      expect(await plain.destroy(newToken)).toBe(true);
      expect(await plain.verify(token)).toBeNull();
      expect(await plain.extend(token)).toBe(false);
    });

    test("a new secret in front changes nothing for tokens that were exchanged before it", async () => {
      const { token } = await signedByOldNode(admin, old);
      const newToken = (await upgrading().verify(token))?.newToken;
      const rotated = withLegacy({}, { secret: ["the next secret of the tests, 32 bytes or more", secret] });
      expect((await rotated.verify(token))?.newToken).toBe(newToken);
      const dropped = withLegacy({}, { secret: "the next secret of the tests, 32 bytes or more" });
      expect(await dropped.verify(token)).toBeNull();
    });

    test("destroying the old token ends the new one", async () => {
      const { token } = await signedByOldNode(admin, old);
      const rwt = upgrading();
      const newToken = (await rwt.verify(token))?.newToken;
      expect(await rwt.destroy(token)).toBe(true);
      expect(await rwt.verify(newToken)).toBeNull();
      expect(await rwt.verify(token)).toBeNull();
      expect((await admin.keys("*")).filter((key) => !key.includes(":u:")).length).toBe(0);
    });

    test("converts the data, and brings no destroyed token back", async () => {
      const { token } = await signedByOldNode(admin, old);
      const rwt = upgrading({ convert: ({ name = "" }) => ({ name: name.toUpperCase() }) });
      expect((await rwt.verify(token))?.data).toEqual({ name: "ZOË" });
      await rwt.destroy(token);
      expect(await rwt.verify(token)).toBeNull();
    });

    test("a mark that no service wrote opens nothing", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      for (const mark of ["", "x", "A".repeat(43), "é".repeat(43)]) {
        await admin.hset(key, "rwt:upgraded", mark);
        expect(await withLegacy().verify(token)).toBeNull();
        expect(await withLegacy().extend(token)).toBe(false);
      }
    });
  });
});

test("a token that is destroyed while it is being exchanged stays destroyed, and its successor with it", async () => {
  const { token, key } = await signedByOldNode(admin, old);
  const store = redisStore({
    async send({ args: [command, ...rest] }) {
      const reply = await admin.call(command, ...rest);
      if (command === "SET") await admin.del(key);
      return reply;
    },
    close: async () => {},
  });
  const rwt = createRwtWithLegacy({
    store,
    secret,
    legacy: { prefix: old.prefix, secret: old.secret, upgrade: true },
  });
  expect(await rwt.verify(token)).toBeNull();
  expect(await admin.dbsize()).toBe(0);
});

describe("the options of legacy", () => {
  const store = redisStore({ send: async () => null, close: async () => {} });
  const make = (legacy: unknown, options = {}) =>
    createRwtWithLegacy({ store, secret, legacy: legacy as LegacyOptions, ...options });

  test.each([
    [undefined, "legacy", "ERR_RWT_OPTION_TYPE"],
    [{}, "legacy.prefix", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: 1 }, "legacy.prefix", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", secret: 1 }, "legacy.secret", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", until: "soon" }, "legacy.until", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", until: -1 }, "legacy.until", "ERR_RWT_OPTION_RANGE"],
    [{ prefix: "", upgrade: "yes" }, "legacy.upgrade", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", grace: 0 }, "legacy.grace", "ERR_RWT_OPTION_RANGE"],
    [{ prefix: "", convert: {} }, "legacy.convert", "ERR_RWT_OPTION_TYPE"],
    [{ prefix: "", upgarde: true }, "upgarde", "ERR_RWT_OPTION_UNKNOWN"],
  ])("%j is refused", (legacy, option, code) => {
    expect(() => make(legacy)).toThrow(expect.objectContaining({ option, code }));
  });

  test("several secrets need one for the old tokens, and the old tokens a Redis", () => {
    const several = { secret: [secret, secret.toUpperCase()] };
    expect(() => make({ prefix: "" }, several)).toThrow(/legacy\.secret must say which/);
    expect(() => make({ prefix: "", secret: "old" }, several)).not.toThrow();
    expect(() => make({ prefix: "" }, { store: memoryStore() })).toThrow(
      /store must be one that reaches Redis/,
    );
  });
});

test.each([
  ["EVAL", 1],
  ["EVAL", [1]],
  ["EVAL", "{}"],
  ["EVAL", "hx"],
  ["EVAL", "h{}"],
])("a reply that makes no sense is an outage, not a null: %s %j", async (_, reply) => {
  const store = redisStore({ send: async () => reply, close: async () => {} });
  const rwt = createRwtWithLegacy({ store, secret, legacy: { prefix: "" } });
  await expect(rwt.verify("0-0-0-0-0")).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
  await expect(rwt.expireOrphans()).rejects.toMatchObject({ reason: "reply" });
});
