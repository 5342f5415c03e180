import { beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { bench, deafStore, now, old, secret, servicesOn } from "./fixture.ts";
import { signedByOldNode, signedByOldPhp } from "./old-libraries.ts";

const { admin, kinds, lives } = await bench();
beforeEach(() => admin.flushall());

describe.each(kinds)("old tokens: $name", ({ open }) => {
  const withLegacy = servicesOn(open());

  test("of Node's library are verified unchanged, and their expiry stays the same", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    const session = await withLegacy().verify(token);
    expect(session?.data).toEqual({ name: "Zoë", admin: "true" });
    expect(session).toMatchObject({ subject: undefined, meta: undefined, issuedAt: 0, expire: 3600 });
    expect(session).not.toHaveProperty("newToken");
    expect(await admin.ttl(key)).toBeLessThanOrEqual(600);
  });

  test("of PHP's library are verified too, whose default prefix is empty", async () => {
    const { token } = await signedByOldPhp(admin, { ...old, prefix: "" });
    expect((await withLegacy({ prefix: "" }).verify(token))?.data).toEqual({
      name: "Zoë",
      age: "0",
      admin: "1",
    });
    expect(await withLegacy().verify(token)).toBeNull();
  });

  test("slide if verifyExtendsToken is on, and can be extended", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    expect(await withLegacy({}, { verifyExtendsToken: true }).verify(token)).not.toBeNull();
    expect(await admin.ttl(key)).toBeGreaterThan(3590);
    expect(await withLegacy({}, { expire: 60 }).extend(token)).toBe(true);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(60);
    expect(await withLegacy().extend(token, { expire: 90 })).toBe(true);
    expect(await admin.ttl(key)).toBeGreaterThan(60);
  });

  test("can be destroyed", async () => {
    const { token } = await signedByOldNode(admin, old);
    const rwt = withLegacy();
    expect(await rwt.destroy(token)).toBe(true);
    expect(await admin.dbsize()).toBe(0);
    expect(await rwt.verify(token)).toBeNull();
    expect(await rwt.destroy(token)).toBe(false);
    expect(await rwt.extend(token)).toBe(false);
    expect(await admin.dbsize()).toBe(0);
  });

  test.each(["verify", "extend"] as const)("without an expiry get one on the first %s", async (call) => {
    const { expire, ...dead } = old;
    const { token, key } = await signedByOldNode(admin, dead);
    expect(await admin.ttl(key)).toBe(-1);
    expect(await withLegacy({}, { expire: 900 })[call](token)).toBeTruthy();
    expect(await admin.ttl(key)).toBeGreaterThan(890);
  });

  test("without an expiry get one from expireOrphans, which touches nothing else", async () => {
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

  test("are found under a prefix with special characters of SCAN patterns, and no others are", async () => {
    const { expire, ...dead } = old;
    const mine = await signedByOldNode(admin, { ...dead, prefix: "a[b]*?\\:" });
    const other = await signedByOldNode(admin, { ...dead, prefix: "ab:" });
    expect(await withLegacy({ prefix: "a[b]*?\\:" }).expireOrphans()).toBe(1);
    expect(await admin.ttl(mine.key)).toBeGreaterThan(0);
    expect(await admin.ttl(other.key)).toBe(-1);
  });

  test("end at `until`: nothing extends one past it, and afterwards none takes a command", async () => {
    const { token, key } = await signedByOldNode(admin, old);
    const until = now() + 100;
    const rwt = withLegacy({ until }, { verifyExtendsToken: true });
    expect((await rwt.verify(token))?.deadline).toBe(until);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(100);
    await rwt.extend(token, { expire: 5000 });
    expect(await admin.ttl(key)).toBeLessThanOrEqual(100);
    const over = createRwt({ store: deafStore, secret }).with(
      legacy({ prefix: "sess:", secret: "az3rty!", until: now() }),
    );
    expect(await over.verify(token)).toBeNull();
    expect(await over.extend(token)).toBe(false);
  });

  test("new tokens are signed, verified, extended and destroyed as usual", async () => {
    const rwt = withLegacy();
    const token = await rwt.sign({ name: "Ada" }, { subject: "1" });
    expect(token).toMatch(/^rwt_/);
    expect((await rwt.verify(token))?.subject).toBe("1");
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("are null with another secret or if unknown, and a string of another form takes no command", async () => {
    await signedByOldNode(admin, old);
    expect(await withLegacy({ secret: "other" }).verify("0000-0000-0000-0000-0000")).toBeNull();
    const deaf = createRwt({ store: deafStore, secret }).with(legacy({ prefix: "sess:", secret: "az3rty!" }));
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
});
