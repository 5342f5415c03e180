import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const older = "the secret before, also 32 bytes or more";

const store = ioredisStore(redis.url);
const events: string[] = [];
const rwt = createRwt({ store, secret }).with(sessions({ onEvent: ({ type }) => events.push(type) }));
afterAll(() => store.disconnect());
const subject = "émilie";

describeClients("sessions over TypeScript and another language", clients, ({ start }) => {
  const ask = start(redis.port);
  const sign = async (data: unknown, options: object = { subject }) =>
    String(await ask("sign", data, secret, options));
  const verify = (token: string) => ask("verify", token, secret);

  test("destroyAll in each ends the sessions of both, except one", async () => {
    const [one, two] = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
    const own = await sign(3);
    const other = await rwt.sign(4, { subject: "another person" });
    expect(await ask("destroyAll", subject, [secret], { except: own })).toBe(true);
    expect([await rwt.verify(one), await rwt.verify(two)]).toEqual([null, null]);
    expect([await verify(own), (await rwt.verify(other))?.data]).toEqual([3, 4]);
    expect((await rwt.list(subject, { current: own })).sessions).toMatchObject([{ current: true }]);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await verify(own)).toBe(false);
    expect(await ask("destroyAll", "nobody", secret)).toBe(false);
    // -1 would be a key without an expiry. The cleanup after destroyAll may still remove keys.
    for (const key of await admin.keys("*")) expect(await admin.ttl(key)).not.toBe(-1);
  });

  test("each reads the other's update and updateAll", async () => {
    const [mine, its] = [await rwt.sign({ n: 0 }, { subject }), await sign({ n: 0 })];
    expect(await ask("updateAll", subject, secret, { n: 1 })).toBe(true);
    expect([(await rwt.verify(mine))?.data, await verify(its)]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await rwt.update(its, { n: 2 })).toBe(true);
    expect(await ask("update", mine, secret, { n: 3 })).toBe(true);
    expect([(await rwt.verify(mine))?.data, await verify(its)]).toEqual([{ n: 3 }, { n: 2 }]);
    expect(await rwt.updateAll(subject, { n: 4 })).toBe(true);
    expect([(await rwt.verify(mine))?.data, await verify(its)]).toEqual([{ n: 4 }, { n: 4 }]);
  });

  test("concurrent updates by functions in both are never lost", async () => {
    for (const options of [{ subject }, {}]) {
      const token = await rwt.sign({ n: 0 }, options);
      const add = (found: unknown) => ({ n: (found as { n: number }).n + 1 });
      const updates = Array.from({ length: 20 }, (_, i) =>
        i % 2 === 0 ? rwt.update(token, add) : ask("increment", token, secret),
      );
      expect(await Promise.all(updates)).toEqual(updates.map(() => true));
      expect(await verify(token)).toEqual({ n: 20 });
    }
  });

  test("both return the same successor, and the old token is live until that is used, and during its grace", async () => {
    for (const options of [{ subject }, {}]) {
      const old = await sign(1, options);
      const next = String(await rwt.rotate(old));
      expect(await ask("rotate", old, secret)).toBe(next);
      expect(await verify(old)).toBe(1);
      expect(await verify(next)).toBe(1);
      expect(await rwt.verify(old)).toBeNull();
      const third = String(await ask("rotate", next, secret, { grace: 60 }));
      expect(await rwt.rotate(next, { grace: 60 })).toBe(third);
      expect([(await rwt.verify(third))?.data, (await rwt.verify(next))?.data]).toEqual([1, 1]);
      expect(await rwt.idOf(old)).toBe(await ask("idOf", third, secret));
      const fourth = String(await ask("rotate", third, secret, { retry: false }));
      expect([await rwt.verify(third), await rwt.rotate(third), (await rwt.verify(fourth))?.data]).toEqual([
        null,
        null,
        1,
      ]);
    }
  });

  test("reuse of a rotated token ends the session in both", async () => {
    const past = async (token: string) => {
      const [key = ""] = await admin.keys("*:s:*");
      await admin.setrange(key, 33, "0000000005");
      await admin.setrange(key, 44, "0000000005");
      return token;
    };
    const old = await rwt.sign(1, { subject });
    const next = await past(String(await ask("rotate", old, secret)));
    expect((await rwt.verify(next))?.data).toBe(1);
    expect(await verify(old)).toBe(false);
    expect(await rwt.verify(next)).toBeNull();
    const stolen = await sign(1);
    const used = await past(String(await ask("rotate", stolen, secret)));
    expect(await verify(used)).toBe(1);
    events.length = 0;
    expect(await rwt.verify(stolen)).toBeNull();
    expect(events).toEqual(["token_reuse"]);
    expect(await verify(used)).toBe(false);
  });

  test("both list the same sessions, page by page, and end those of each other", async () => {
    const tokens = [];
    for (let i = 0; i < 12; i++) {
      const options = { subject, meta: { i } };
      tokens.push(i % 2 === 0 ? await rwt.sign(i, options) : await sign(i, options));
    }
    const current = tokens[5] ?? "";
    const mine = await rwt.list(subject, { current });
    const its = (await ask("list", subject, secret, { current })) as typeof mine;
    expect(its.sessions).toEqual(mine.sessions);
    const paged: unknown[] = [];
    let cursor: string | null | undefined;
    do {
      const params = { limit: 5, ...(cursor && { cursor }), current };
      const page = (await ask("list", subject, secret, params)) as typeof mine;
      paged.push(...page.sessions);
      ({ cursor } = page);
    } while (cursor);
    expect(paged).toEqual(mine.sessions);
    const [first, second] = mine.sessions;
    expect(await ask("destroyById", subject, secret, first?.id)).toBe(true);
    expect(await rwt.destroyById(subject, second?.id ?? "")).toBe(true);
    expect((await rwt.list(subject)).sessions).toHaveLength(10);
    expect(await ask("destroyById", subject, secret, first?.id)).toBe(false);
  });

  test("several secrets: both reach the sessions of each", async () => {
    const ring = [secret, older];
    const both = createRwt({ store, secret: ring }).with(sessions());
    const before = createRwt({ store, secret: older });
    const [young, old] = [await rwt.sign(1, { subject }), await before.sign(2, { subject })];
    expect(await ask("updateAll", subject, ring, 3)).toBe(true);
    expect([(await both.verify(young))?.data, (await both.verify(old))?.data]).toEqual([3, 3]);
    const third = String(await ask("rotate", old, ring));
    expect((await both.verify(third))?.data).toBe(3);
    expect(await before.verify(third)).not.toBeNull();
    const listed = (await both.list(subject)).sessions.length;
    expect(listed).toBeGreaterThan(0);
    expect(await ask("destroyAll", subject, ring, { except: third })).toBe(true);
    expect([await both.verify(young), (await both.verify(third))?.data]).toEqual([null, 3]);
    expect(await ask("destroyAll", subject, ring)).toBe(true);
    expect(await both.verify(third)).toBeNull();
  });

  test("maxSessions counts what the client signed", async () => {
    const limited = createRwt({ store, secret }).with(sessions({ maxSessions: 2 }));
    const [one, two] = [await sign(1), await sign(2)];
    const three = await limited.sign(3, { subject });
    expect((await Promise.all([one, two, three].map(verify))).filter((data) => data !== false)).toHaveLength(
      2,
    );
  });
});
