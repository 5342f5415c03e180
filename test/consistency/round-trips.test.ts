/** What `fresh`, `after` and `confirmNull` cost, counted by Redis itself. */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt, type RwtOptions, StoreUnavailableError } from "../../src/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { monitored, sentIn } from "../support/monitor.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
const secret = "a secret of the tests, 32 bytes or more";
const FRESH = SCRIPTS.fresh.sha1;

/** The names of the commands that clients send, with `fresh` for its script. */
const sentBy = async (work: () => Promise<unknown>): Promise<string[]> =>
  sentIn(await monitored(admin, work)).map(([name = "", digest]) => (digest === FRESH ? "fresh" : name));

describe.each(storeKinds(redis, rest))("$name", ({ open }) => {
  const store = open();
  const service = (options: Partial<RwtOptions> = {}) => createRwt({ store, secret, ...options });
  const plain = service();
  const confirming = service({ confirmNull: true });
  const sliding = service({ confirmNull: true, verifyExtendsToken: true });

  /** A live token and one that has ended, each with and without a subject. */
  async function tokens() {
    const live: string[] = [];
    const ended: string[] = [];
    for (const subject of [undefined, "Ada"]) {
      live.push(await plain.sign(1, { subject }));
      ended.push(await plain.sign(2, { subject }));
      await plain.destroy(ended.at(-1));
      // The script's text is sent where Redis doesn't know it yet.
      await plain.verify(live.at(-1), { fresh: true });
    }
    return { live, ended };
  }
  afterEach(() => admin.flushall());

  test("fresh is one command for what is genuine, and none for what is forged", async () => {
    const { live, ended } = await tokens();
    for (const rwt of [plain, confirming, sliding]) {
      for (const token of live) {
        expect(
          await sentBy(async () => expect((await rwt.verify(token, { fresh: true }))?.data).toBe(1)),
        ).toEqual(["fresh"]);
      }
      for (const token of ended) {
        expect(await sentBy(async () => expect(await rwt.verify(token, { fresh: true })).toBeNull())).toEqual(
          ["fresh"],
        );
      }
      for (const token of [forged(live[0] ?? ""), "no token"]) {
        expect(await sentBy(async () => expect(await rwt.verify(token, { fresh: true })).toBeNull())).toEqual(
          [],
        );
      }
    }
  });

  test("fresh gives what a plain verify gives, with a signal too", async () => {
    const { live } = await tokens();
    for (const token of live) {
      const found = await plain.verify(token);
      expect(await plain.verify(token, { fresh: true })).toEqual(found);
      const { signal } = new AbortController();
      expect(await plain.verify(token, { fresh: true, signal })).toEqual(found);
    }
    const aborted = AbortSignal.abort(new Error("gone"));
    await expect(plain.verify(live[0], { fresh: true, signal: aborted })).rejects.toThrow("gone");
  });

  test("confirmNull is one command for a live token, two for one that has ended, and none for a forged one", async () => {
    const { live, ended } = await tokens();
    for (const token of live) expect(await sentBy(() => confirming.verify(token))).toHaveLength(1);
    for (const token of ended) {
      const sent = await sentBy(async () => expect(await confirming.verify(token)).toBeNull());
      expect(sent).toEqual([expect.stringMatching(/^M?GET$/), "fresh"]);
      expect((await sentBy(() => sliding.verify(token))).at(-1)).toBe("fresh");
      expect(await sentBy(() => plain.verify(token))).toHaveLength(1);
    }
    expect(await sentBy(() => confirming.verify(forged(live[0] ?? "")))).toEqual([]);
  });

  test("fresh restarts the idle timeout where verify does", async () => {
    const { live } = await tokens();
    const keys = await admin.keys("*:s:*");
    for (const [rwt, ttl] of [
      [plain, 50],
      [sliding, 3600],
    ] as const) {
      for (const key of keys) await admin.expire(key, 50);
      for (const token of live) await rwt.verify(token, { fresh: true });
      for (const key of keys) expect(Math.abs((await admin.ttl(key)) - ttl)).toBeLessThan(5);
    }
  });

  test("a key of another type is no session, as in a plain verify", async () => {
    const [token] = (await tokens()).live;
    for (const key of await admin.keys("*:s:*")) {
      await admin.del(key);
      await admin.lpush(key, "x");
    }
    expect(await plain.verify(token)).toBeNull();
    expect(await plain.verify(token, { fresh: true })).toBeNull();
    expect(await confirming.verify(token)).toBeNull();
  });

  test("fresh isn't answered by the cache, and what it finds replaces what is cached", async () => {
    const cached = createRwt({ store: open({ cache: { ttl: 600 } }), secret });
    const { live } = await tokens();
    await cached.connect();
    for (const token of live) {
      await cached.verify(token);
      expect(await sentBy(() => cached.verify(token))).toEqual([]);
      expect(await sentBy(() => cached.verify(token, { fresh: true }))).toEqual(["fresh"]);
      expect(await sentBy(() => cached.verify(token))).toEqual([]);
      expect(await sentBy(() => cached.verify(token, { after: "primary" }))).toEqual(["fresh"]);
      await plain.destroy(token);
      expect((await cached.verify(token))?.data).toBe(1);
      expect(await cached.verify(token, { fresh: true })).toBeNull();
      expect(await cached.verify(token)).toBeNull();
    }
  });

  test("a token that is newer than what is cached gets what was written with it", async () => {
    const writer = plain.with(sessions());
    const cached = createRwt({ store: open({ cache: { ttl: 600 } }), secret });
    const { live } = await tokens();
    for (const token of live) {
      await cached.verify(token);
      const next = await writer.reauthenticate(token, { amr: ["otp"] });
      expect((await cached.verify(next))?.auth?.amr).toEqual(["otp"]);
      expect((await cached.verify(next))?.auth?.amr).toEqual(["otp"]);
    }
  });

  test("with extendEvery, fresh restarts the idle timeout as seldom", async () => {
    const rwt = createRwt({ store: open({ extendEvery: 60 }), secret, verifyExtendsToken: true });
    const token = await rwt.sign(1);
    const inScripts = async (work: () => Promise<unknown>) =>
      (await monitored(admin, work)).filter(({ inScript }) => inScript).map(({ words }) => words[0]);
    await rwt.verify(token, { fresh: true });
    expect(await inScripts(() => rwt.verify(token, { fresh: true }))).toEqual(["MGET"]);
    expect(await sentBy(() => rwt.verify(token))).toEqual(["GET"]);
  });
});

test("memoryStore gives the same answers", async () => {
  const rwt = createRwt({ store: memoryStore(), secret, confirmNull: true, verifyExtendsToken: true });
  const token = await rwt.sign(1, { subject: "Ada" });
  const mark = await rwt.mark();
  for (const options of [{ fresh: true }, { after: mark }, { fresh: true, after: [mark, mark] }]) {
    expect((await rwt.verify(token, options))?.data).toBe(1);
  }
  await rwt.destroy(token);
  for (const options of [{}, { fresh: true }, { after: await rwt.mark() }]) {
    expect(await rwt.verify(token, options)).toBeNull();
  }
});

describe("a user that may only read", () => {
  const reason = { name: "StoreUnavailableError", reason: "auth", cause: { code: "NOPERM" } };

  test("gets an outage with the reason auth from fresh and from confirmNull, never null, and plain answers otherwise", async () => {
    const all = createRwt({ store: ioredisStore(admin), secret });
    const [live, ended] = [await all.sign(1), await all.sign(2, { subject: "Ada" })];
    await all.destroy(ended);
    await admin.acl(
      "SETUSER",
      "reader",
      "on",
      ">pw",
      "~*",
      "-@all",
      "+ping",
      "+get",
      "+mget",
      "+info",
      "+client",
    );
    const url = redis.url.replace("://", "://reader:pw@");
    const store = ioredisStore(url);
    atEnd(() => store.disconnect());
    const reader = createRwt({ store, secret, confirmNull: true });
    expect((await reader.verify(live))?.data).toBe(1);
    for (const refused of [reader.verify(live, { fresh: true }), reader.verify(ended)]) {
      await expect(refused).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(refused).rejects.toMatchObject(reason);
    }
    expect(await createRwt({ store, secret }).verify(ended)).toBeNull();
    // A failover has lost the rotation of this token.
    const [key = ""] = await admin.keys("*:s:*");
    const before = `${await admin.get(key)}`;
    const next = await all.with(sessions()).rotate(live);
    await admin.set(key, before, "KEEPTTL");
    expect((await reader.verify(next))?.data).toBe(1);
  });
});

test("bad options are refused: what is wrong, and what is allowed", async () => {
  const store = upstashStore({ url: rest.url, token: rest.token });
  const rwt = createRwt({ store, secret });
  const verify = (options: object) => rwt.verify("rwt_", options as never);
  await expect(verify({ fresh: 1 })).rejects.toMatchObject({ name: "OptionTypeError", option: "fresh" });
  for (const after of [null, 1, {}, ["primary", 1]]) {
    await expect(verify({ after })).rejects.toMatchObject({ name: "OptionTypeError", option: "after" });
  }
  await expect(verify({ stale: true })).rejects.toThrow("stale");
  expect(() => createRwt({ store, secret, confirmNull: 1 as never })).toThrow("confirmNull");
});
