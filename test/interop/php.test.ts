import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { createRwtWithLegacy } from "../../src/legacy/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { signedByOldNode, signedByOldPhp } from "../legacy/old-libraries.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownClusterNode, ownRedis } from "../support/servers.ts";
import shared from "../vectors.json" with { type: "json" };
import { type Ask, formatSuite } from "./format-suite.ts";
import { startPhpAt } from "./start-php.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
admin.on("error", () => {});
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";

const store = ioredisStore(redis.url);
const rwt = createRwt({ store, secret });
afterAll(() => store.disconnect());

const startPhp = (client: string, config: object = {}): Ask => startPhpAt(redis.port, client, config);

describe.skipIf(php === undefined)(`PHP and the wire format${phpMissing}`, () => {
  const ask = startPhp("phpredis");
  formatSuite(ask);

  test("mints the tokens of all vectors", async () => {
    for (const { secret, deadline, expire, slot, random, token } of [...shared, ...vectors.tokens]) {
      expect(await ask("mint", secret, deadline, expire, slot, random)).toBe(token);
    }
  });
});

describe.skipIf(php === undefined).each(["phpredis", "predis"])(`PHP with %s${phpMissing}`, (client) => {
  const ask = startPhp(client);
  const sliding = startPhp(client, { custom: { verifyExtendsToken: true } });

  test.each([
    [{ name: "Zoë 🎟", n: 1.5, deep: [0, null, { a: false }] }],
    [false],
    [0],
    [""],
    [null],
    [[]],
    [1e21],
    [0.1],
  ])("what either signs, the other verifies: %j", async (data) => {
    const options = { subject: "émilie", meta: { device: "iPad" }, expire: 60 };
    const mine = await rwt.sign(data, options);
    expect(await ask("session", mine, secret)).toMatchObject({ data, subject: "émilie", expire: 60 });
    expect(await ask("verify", mine, secret)).toEqual(data);
    const its = String(await ask("sign", data, secret, options));
    expect(await rwt.verify(its)).toMatchObject({ data, subject: "émilie", meta: options.meta, expire: 60 });
    expect(its.slice(4 + 14, 4 + 17)).toBe(mine.slice(4 + 14, 4 + 17));
  });

  test("opens with any secret of a list, and signs with the first", async () => {
    const older = "the secret before, also 32 bytes or more";
    const token = await ask("sign", 1, older);
    expect(await ask("verify", token, [secret, older])).toBe(1);
    expect(await ask("verify", token, [secret])).toBe(false);
    expect(await ask("verify", await ask("sign", 2, [secret, older]), secret)).toBe(2);
  });

  test("never lets a key live past the deadline, by signing, sliding or extending", async () => {
    const config = { custom: { maxLifetime: 50, expire: 50, verifyExtendsToken: true } };
    const short = startPhp(client, config);
    await short("sign", 1, secret);
    const [its = ""] = await admin.keys("*");
    expect(await admin.ttl(its)).toBeLessThanOrEqual(50);
    await admin.flushall();
    const earlier = () => Date.now() / 1000 - 20;
    const token = await createRwt({ store, secret, maxLifetime: 50, expire: 50, now: earlier }).sign(1);
    const [key = ""] = await admin.keys("*");
    for (const op of ["verify", "extend"]) {
      await admin.expire(key, 10);
      expect(await short(op, token, secret)).toBeTruthy();
      const ttl = await admin.ttl(key);
      expect([ttl > 20, ttl <= 30]).toEqual([true, true]);
    }
    await expect(short("sign", 1, secret, { expire: 51 })).rejects.toThrow("ERR_RWT_OPTION_RANGE");
  });

  test("sends one command for each operation, and none for a token that can't live", async () => {
    const token = String(await ask("sign", 1, secret));
    await sliding("connect");
    const past = await createRwt({ store, secret, now: () => 1_000_000_000 }).sign(1);
    expect(await commandsOf(admin, () => ask("sign", 1, secret))).toEqual({ set: 1 });
    expect(await commandsOf(admin, () => ask("verify", token, secret))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => sliding("verify", token, secret))).toEqual({ getex: 1 });
    expect(await commandsOf(admin, () => ask("extend", token, secret))).toEqual({ expire: 1 });
    const sent = await commandsOf(admin, async () => {
      for (const bad of [forged(token), past, "", ...vectors.rejected.map((each) => each.token)]) {
        expect(await sliding("verify", bad, secret)).toBe(false);
        expect(await ask("extend", bad, secret)).toBe(false);
        expect(await ask("destroy", bad, secret)).toBe(false);
      }
    });
    expect(sent).toEqual({});
    expect(await commandsOf(admin, () => ask("destroy", token, secret))).toEqual({ del: 1 });
    expect(await ask("verify", token, secret)).toBe(false);
  });

  test.each([
    [{ custom: { expire: "60" } }, "TYPE"],
    [{ custom: { expire: 0 } }, "RANGE"],
    [{ custom: { verifyExtendsToken: 1 } }, "TYPE"],
    [{ custom: { expires: 60 } }, "UNKNOWN"],
    [{ prefix: "{x}" }, "RANGE"],
    [{ legacy: {} }, "TYPE"],
  ])("refuses the configuration %j", async (config, kind) => {
    await expect(startPhp(client, config)("connect")).rejects.toThrow(`ERR_RWT_OPTION_${kind}`);
  });

  test.each<[string, unknown[], string]>([
    ["sign", [1, ""], "OPTION_RANGE"],
    ["sign", [1, []], "OPTION_RANGE"],
    ["sign", [1, secret, { ttl: 5 }], "OPTION_UNKNOWN"],
    ["sign", [1, secret, { subject: "" }], "OPTION_RANGE"],
    ["sign", [1, secret, { subject: 42 }], "OPTION_TYPE"],
    ["sign", [1, secret, { meta: ["a"] }], "OPTION_TYPE"],
    ["verify", ["t", [1]], "OPTION_TYPE"],
  ])("refuses %s%j", async (op, args, code) => {
    await expect(ask(op, ...args)).rejects.toThrow(`ERR_RWT_${code}`);
  });

  test("destroyAll ends a subject's sessions, whoever signed them, but one that it spares", async () => {
    const subject = "émilie";
    const [one, two] = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
    const own = String(await ask("sign", 3, secret, { subject }));
    const other = await rwt.sign(4, { subject: "somebody else" });
    const sessions = createRwtWithSessions({ store, secret });
    expect((await sessions.list(subject, { current: own })).sessions).toHaveLength(3);
    expect(await ask("destroyAll", subject, [secret], { except: own })).toBe(2);
    expect([await rwt.verify(one), await rwt.verify(two)]).toEqual([null, null]);
    expect([await ask("verify", own, secret), (await rwt.verify(other))?.data]).toEqual([3, 4]);
    expect((await sessions.list(subject, { current: own })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
    expect(await ask("destroyAll", subject, secret)).toBe(1);
    expect(await ask("destroyAll", subject, secret)).toBe(0);
    for (const key of await admin.keys("*")) expect(await admin.ttl(key)).toBeGreaterThan(0);
    await expect(ask("destroyAll", "", secret)).rejects.toThrow("ERR_RWT_OPTION_RANGE");
  });

  test("a token that TypeScript rotated works for its grace, and no longer", async () => {
    const sessions = createRwtWithSessions({ store, secret });
    const old = String(await ask("sign", 1, secret, { subject: "42" }));
    const fresh = await sessions.rotate(old, { grace: 60 });
    expect([await ask("verify", old, secret), await ask("verify", fresh, secret)]).toEqual([1, 1]);
    const late = createRwtWithSessions({ store, secret, now: () => Date.now() / 1000 - 60 });
    const next = await late.rotate(fresh, { grace: 30 });
    // Its key is still there, as if it had been slid; its end is past.
    expect([await ask("verify", fresh, secret), await ask("verify", next, secret)]).toEqual([false, 1]);
  });

  describe("tokens of 2017", () => {
    const legacy = { prefix: "sess:", secret: "az3rty!" };
    const old = { user: { name: "Zoë", admin: true }, ...legacy, expire: 600 };
    const plain = startPhp(client, { legacy });
    const slides = startPhp(client, { legacy, custom: { verifyExtendsToken: true, expire: 900 } });

    test("are verified, extended and destroyed in place", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      expect(await plain("verify", token, secret)).toEqual({ name: "Zoë", admin: "true" });
      expect(await admin.ttl(key)).toBeLessThanOrEqual(600);
      expect(await slides("verify", token, secret)).toBeTruthy();
      expect(await admin.ttl(key)).toBeGreaterThan(890);
      expect(await plain("extend", token, secret)).toBe(true);
      // In one step, or an exchange that comes between would leave its new token alive.
      expect(
        await commandsOf(admin, async () => expect(await plain("destroy", token, secret)).toBe(true)),
      ).toMatchObject({ eval: 1, hget: 1, del: 1 });
      expect(await admin.dbsize()).toBe(0);
      expect(await plain("verify", token, secret)).toBe(false);
      expect(await plain("destroy", token, secret)).toBe(false);
    });

    test("without an expiry get one", async () => {
      const { expire, ...dead } = old;
      const { token, key } = await signedByOldPhp(admin, dead);
      expect(await plain("verify", token, secret)).toBeTruthy();
      expect(await admin.ttl(key)).toBeGreaterThan(3590);
    });

    test("are refused where legacy is off, and after `until`", async () => {
      const { token } = await signedByOldNode(admin, old);
      expect(await ask("verify", token, secret)).toBe(false);
      const over = startPhp(client, { legacy: { ...legacy, until: 1_000_000_000 } });
      expect(await over("verify", token, secret)).toBe(false);
      expect(await over("extend", token, secret)).toBe(false);
      expect(await over("destroy", token, secret)).toBe(false);
    });

    test("that TypeScript has exchanged stand for their successors", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      const exchanging = createRwtWithLegacy({ store, secret, legacy: { ...legacy, upgrade: true } });
      const newToken = (await exchanging.verify(token))?.newToken;
      expect(await slides("verify", token, secret)).toEqual({ name: "Zoë", admin: "true" });
      expect(await plain("extend", token, secret)).toBe(true);
      expect(await admin.ttl(key)).toBeLessThanOrEqual(300);
      expect(await plain("destroy", token, secret)).toBe(true);
      expect(await rwt.verify(newToken)).toBeNull();
      expect(await admin.dbsize()).toBe(0);
    });
  });
});

describe.skipIf(php === undefined).each(["phpredis", "predis"])(
  `an outage, to PHP with %s${phpMissing}`,
  (client) => {
    test("is an exception with its reason, never false, and is over when Redis is back", async () => {
      const own = await ownRedis();
      const ask = startPhp(client, { redis: { host: "127.0.0.1", port: own.port, timeout: 0.5 } });
      const unavailable = (reason: string) => `ERR_RWT_STORE_UNAVAILABLE ${reason}`;
      const token = String(await ask("sign", 1, secret));
      const client2 = new Redis(own.url);
      client2.on("error", () => {});
      const [key = ""] = await client2.keys("*");
      await client2.set(key, "not JSON", "EX", 60);
      await expect(ask("verify", token, secret)).rejects.toThrow(unavailable("reply"));
      await client2.del(key);
      await client2.hset(key, "a", "1");
      await expect(ask("verify", token, secret)).rejects.toThrow(unavailable("server"));
      await client2.del(key);
      client2.disconnect();
      own.freeze();
      await expect(ask("verify", token, secret)).rejects.toThrow(unavailable("timeout"));
      await expect(ask("destroy", token, secret)).rejects.toThrow(/timeout|network/);
      own.thaw();
      await own.kill();
      for (const op of ["verify", "session", "extend", "destroy"]) {
        await expect(ask(op, token, secret)).rejects.toThrow("ERR_RWT_STORE_UNAVAILABLE");
      }
      await own.restart();
      expect(await ask("verify", token, secret)).toBe(false);
      expect(await ask("verify", await ask("sign", 2, secret), secret)).toBe(2);
    });

    test("and so is a password that is missing", async () => {
      const locked = await ownRedis({ password: "of the tests" });
      const ask = startPhp(client, { redis: { host: "127.0.0.1", port: locked.port } });
      await expect(ask("sign", 1, secret)).rejects.toThrow("ERR_RWT_STORE_UNAVAILABLE auth");
    });
  },
);

test.skipIf(php === undefined)(`PHP over a Redis Cluster${phpMissing}`, async () => {
  const node = await ownClusterNode();
  const legacy = { prefix: "sess:", secret: "az3rty!" };
  const ask = startPhp("cluster", { redis: { port: node.port }, legacy });
  await ask("connect");
  const token = await ask("sign", { a: 1 }, secret, { subject: "42" });
  expect(await ask("verify", token, secret)).toEqual({ a: 1 });
  expect(await ask("extend", token, secret)).toBe(true);
  expect(await ask("destroy", token, secret)).toBe(true);
  expect(await ask("verify", token, secret)).toBe(false);
  const direct = new Redis(node.url);
  const old = await signedByOldNode(direct, { ...legacy, user: { name: "Ada" }, expire: 60 });
  direct.disconnect();
  expect(await ask("verify", old.token, secret)).toEqual({ name: "Ada" });
  expect(await ask("destroy", old.token, secret)).toBe(true);
});
