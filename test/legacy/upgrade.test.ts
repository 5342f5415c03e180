import { beforeEach, describe, expect, test } from "vitest";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { type LegacyOptions, legacy } from "../../src/legacy/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { bench, old, secret, servicesOn, type User } from "./fixture.ts";
import { signedByOldNode } from "./old-libraries.ts";

const { admin, kinds, lives, sessionKeys } = await bench();
beforeEach(() => admin.flushall());

describe.each(kinds)("an old token that is exchanged for a new one: $name", ({ open }) => {
  const store = open();
  const withLegacy = servicesOn(store);
  const upgrading = (more: Partial<LegacyOptions<User>> = {}, options: Partial<RwtOptions> = {}) =>
    withLegacy({ upgrade: ({ name }) => ({ subject: name }), ...more }, options);

  test("returns a new token, and the old one is live for `grace` more seconds", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    const rwt = upgrading({ grace: 30 });
    const session = await rwt.verify(token);
    expect(session).toMatchObject({ data: { name: "Zoë" }, subject: "Zoë" });
    expect(session?.newToken).toMatch(/^rwt_/);
    expect((await rwt.verify(session?.newToken))?.data).toEqual(session?.data);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(30);
    expect(await lives()).not.toContain(-1);
  });

  test("returns the same token to concurrent requests, and after a lost reply", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = upgrading({}, { verifyExtendsToken: true });
    const sessions = await Promise.all(Array.from({ length: 10 }, () => rwt.verify(token)));
    sessions.push(await rwt.verify(token));
    const tokens = new Set(sessions.map((session) => session?.newToken));
    expect(tokens.size).toBe(1);
    // Only the old hash and one new session: concurrent exchanges left nothing else behind.
    expect(await sessionKeys()).toHaveLength(2);
    expect(await lives()).not.toContain(-1);
  });

  test("an exchanged token stands for its successor in every service", async () => {
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

  test("adding a new secret doesn't affect tokens that were already exchanged", async () => {
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
    expect(await sessionKeys()).toEqual([]);
  });

  test("converts the data, and doesn't bring a destroyed token back", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = upgrading({ convert: ({ name = "" }) => ({ name: name.toUpperCase() }) });
    expect((await rwt.verify(token))?.data).toEqual({ name: "ZOË" });
    await rwt.destroy(token);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("a forged mark opens no session", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    for (const mark of ["", "x", "A".repeat(55), "é".repeat(55), "A".repeat(5000)]) {
      await admin.hset(key, "rwt:upgraded", mark);
      expect(await withLegacy().verify(token)).toBeNull();
      expect(await withLegacy().extend(token)).toBe(false);
    }
  });
});

test("a token that is destroyed during its exchange stays dead, and so does its successor", async () => {
  const { token, key } = await signedByOldNode(admin, old);
  const store = redisStore({
    async send({ args: [command, ...rest] }) {
      const reply = await admin.call(command, ...rest);
      if (command === "SET") await admin.del(key);
      return reply;
    },
    close: async () => {},
  });
  const rwt = createRwt({ store, secret }).with(
    legacy({ prefix: old.prefix, secret: old.secret, upgrade: true }),
  );
  expect(await rwt.verify(token)).toBeNull();
  expect(await admin.dbsize()).toBe(0);
});
