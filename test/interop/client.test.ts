import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients, inPhp, inPython } from "./clients.ts";
import { formatSuite } from "./format-suite.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
admin.on("error", () => {});
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";

const store = ioredisStore(redis.url);
const rwt = createRwt({ store, secret }).with(sessions());
afterAll(() => store.disconnect());

const languages = [inPhp("phpredis"), inPython("sync")];

describeClients("the wire format", languages, ({ start }) => {
  const ask = start(redis.port);
  const reads = start(redis.port, { encrypt: false });
  formatSuite({ ask, read: (token) => reads("session", token, secret), secret }, admin);

  test("mints the tokens and successors of all vectors", async () => {
    for (const { secret, subject, deadline, expire, generation, id, token, successor } of vectors.tokens) {
      expect(await ask("mint", secret, subject, deadline, expire, generation, id)).toBe(token);
      if (successor !== null) expect(await ask("successor", secret, token)).toBe(successor);
    }
  });
});

describeClients("a whole client", clients, ({ start }) => {
  const ask = start(redis.port);
  const sliding = start(redis.port, { verifyExtendsToken: true });

  test.each([
    [{ name: "Zoë 🎟", n: 1.5, deep: [0, null, { a: false }] }],
    [false],
    [0],
    [""],
    [null],
    [[]],
    [1e21],
    [0.1],
  ])("each verifies what the other signs: %j", async (data) => {
    for (const subject of [undefined, "émilie"]) {
      const options = { ...(subject && { subject }), meta: { device: "iPad" }, expire: 60 };
      const found = { data, meta: options.meta, expire: 60 };
      const mine = await rwt.sign(data, options);
      expect(await ask("session", mine, secret)).toMatchObject({ ...found, subject: subject ?? null });
      expect(await ask("verify", mine, secret)).toEqual(data);
      const its = String(await ask("sign", data, secret, options));
      expect(await rwt.verify(its)).toMatchObject({ ...found, subject });
      expect(its).toHaveLength(mine.length);
      expect(await rwt.idOf(its)).toBe(await ask("idOf", its, secret));
    }
  });

  test("opens with any secret of a list, and signs with the first", async () => {
    const older = "the secret before, also 32 bytes or more";
    const token = await ask("sign", 1, older);
    expect(await ask("verify", token, [secret, older])).toBe(1);
    expect(await ask("verify", token, [secret])).toBe(false);
    expect(await ask("verify", await ask("sign", 2, [secret, older]), secret)).toBe(2);
  });

  test("never lets a session live past the deadline, by signing, sliding, extending or rotating", async () => {
    const short = start(redis.port, { maxLifetime: 50, expire: 50, verifyExtendsToken: true });
    await short("sign", 1, secret);
    const [its = ""] = await admin.keys("*");
    expect(await admin.ttl(its)).toBeLessThanOrEqual(50);
    const earlier = () => Math.floor(Date.now() / 1000) - 20;
    for (const subject of [undefined, "42"]) {
      await admin.flushall();
      const old = createRwt({ store, secret, maxLifetime: 50, expire: 50, now: earlier });
      const token = await old.sign(1, subject ? { subject } : {});
      const [key = ""] = await admin.keys("*:s:*");
      for (const op of ["verify", "extend", "rotate"]) {
        await admin.expire(key, 10);
        expect(await short(op, token, secret)).toBeTruthy();
        const ttl = await admin.ttl(key);
        expect([ttl > 20, ttl <= 30]).toEqual([true, true]);
      }
    }
    await expect(short("sign", 1, secret, { expire: 51 })).rejects.toThrow("ERR_RWT_OPTION_RANGE");
  });

  test("a check takes one round trip, and none for a token that can't be live", async () => {
    const token = String(await ask("sign", 1, secret));
    const theirs = String(await ask("sign", 1, secret, { subject: "42" }));
    const past = await createRwt({ store, secret, now: () => 1_000_000_000 }).sign(1);
    for (const each of [ask, sliding]) await each("extend", theirs, secret);
    expect(await commandsOf(admin, () => ask("sign", 1, secret))).toEqual({ set: 1 });
    expect(await commandsOf(admin, () => ask("verify", token, secret))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => ask("verify", theirs, secret))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => sliding("verify", token, secret))).toEqual({ getex: 1 });
    expect(await commandsOf(admin, () => sliding("verify", theirs, secret))).toEqual({ expire: 1, mget: 1 });
    for (const [op, ...args] of [["extend"], ["update", 1], ["rotate"], ["destroy"]] as const) {
      expect(await commandsOf(admin, () => ask(op, theirs, secret, ...args))).toMatchObject({ evalsha: 1 });
    }
    const sent = await commandsOf(admin, async () => {
      for (const bad of [forged(token), past, "", ...vectors.rejected.map((each) => each.token)]) {
        expect(await sliding("verify", bad, secret)).toBe(false);
        expect(await ask("extend", bad, secret)).toBe(false);
        expect(await ask("update", bad, secret, 1)).toBe(false);
        expect(await ask("rotate", bad, secret)).toBeNull();
        expect(await ask("destroy", bad, secret)).toBe(false);
      }
    });
    expect(sent).toEqual({});
  });

  test.each([
    [{ expire: "60" }, "TYPE"],
    [{ expire: 0 }, "RANGE"],
    [{ verifyExtendsToken: 1 }, "TYPE"],
    [{ expires: 60 }, "UNKNOWN"],
    [{ prefix: "{x}" }, "RANGE"],
  ])("refuses the configuration %j", async (config, kind) => {
    await expect(start(redis.port, config)("connect")).rejects.toThrow(`ERR_RWT_OPTION_${kind}`);
  });

  test.each<[string, unknown[], string]>([
    ["sign", [1, ""], "OPTION_RANGE"],
    ["sign", [1, []], "OPTION_RANGE"],
    ["sign", [1, secret, { ttl: 5 }], "OPTION_UNKNOWN"],
    ["sign", [1, secret, { subject: "" }], "OPTION_RANGE"],
    ["sign", [1, secret, { subject: 42 }], "OPTION_TYPE"],
    ["sign", [1, secret, { meta: ["a"] }], "OPTION_TYPE"],
    ["verify", ["t", [1]], "OPTION_TYPE"],
    ["destroyAll", ["", secret], "OPTION_RANGE"],
    ["destroyAll", ["42", secret, { except: 1 }], "OPTION_TYPE"],
    ["updateAll", ["", secret, 1], "OPTION_RANGE"],
    ["list", ["", secret], "OPTION_RANGE"],
  ])("refuses %s%j", async (op, args, code) => {
    await expect(ask(op, ...args)).rejects.toThrow(`ERR_RWT_${code}`);
  });
});
