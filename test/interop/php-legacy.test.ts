import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { signedByOldNode, signedByOldPhp } from "../legacy/old-libraries.ts";
import { commandsOf } from "../support/commandstats.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { inPhp } from "./clients.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());

describe.skipIf(php === undefined).each(["phpredis", "predis"])(
  `tokens of 2017, to PHP with %s${phpMissing}`,
  (client) => {
    const { start } = inPhp(client);
    const options = { prefix: "sess:", secret: "az3rty!" };
    const old = { user: { name: "Zoë", admin: true }, ...options, expire: 600 };
    const plain = start(redis.port, { legacy: options });
    const slides = start(redis.port, { legacy: options, verifyExtendsToken: true, expire: 900 });

    test("are verified, extended and destroyed in place", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      expect(await plain("verify", token, secret)).toEqual({ name: "Zoë", admin: "true" });
      expect(await admin.ttl(key)).toBeLessThanOrEqual(600);
      expect(await slides("verify", token, secret)).toBeTruthy();
      expect(await admin.ttl(key)).toBeGreaterThan(890);
      expect(await plain("extend", token, secret)).toBe(true);
      // In one step. Otherwise a concurrent exchange could leave its new token live.
      expect(
        await commandsOf(admin, async () => expect(await plain("destroy", token, secret)).toBe(true)),
      ).toMatchObject({ evalsha: 1, hget: 1, del: 1 });
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

    test("are refused without legacy, and after `until`", async () => {
      const { token } = await signedByOldNode(admin, old);
      expect(await start(redis.port)("verify", token, secret)).toBe(false);
      const over = start(redis.port, { legacy: { ...options, until: 1_000_000_000 } });
      expect(await over("verify", token, secret)).toBe(false);
      expect(await over("extend", token, secret)).toBe(false);
      expect(await over("destroy", token, secret)).toBe(false);
    });

    test("that TypeScript has exchanged stand for the current tokens of their sessions", async () => {
      const { token, key } = await signedByOldNode(admin, old);
      const exchanging = createRwt({ store, secret })
        .with(legacy({ ...options, upgrade: () => ({ subject: "42" }) }))
        .with(sessions());
      const newToken = String((await exchanging.verify(token))?.newToken);
      expect(await slides("verify", token, secret)).toEqual({ name: "Zoë", admin: "true" });
      expect(await plain("session", token, secret)).toMatchObject({ newToken, subject: "42" });
      const rotated = String(await plain("rotate", newToken, secret));
      expect(await plain("session", token, secret)).toMatchObject({ newToken: rotated });
      expect(await exchanging.verify(token)).toMatchObject({ newToken: rotated });
      expect(await plain("extend", token, secret)).toBe(true);
      expect(await admin.ttl(key)).toBeLessThanOrEqual(300);
      expect(await plain("destroy", token, secret)).toBe(true);
      expect([await exchanging.verify(rotated), await exchanging.verify(token)]).toEqual([null, null]);
      expect(await admin.keys("*:s:*")).toEqual([]);
      expect(await admin.exists(key)).toBe(0);
    });

    test("end if their exchanged sessions have ended with all of the person's sessions", async () => {
      const { token } = await signedByOldNode(admin, old);
      const exchanging = createRwt({ store, secret })
        .with(sessions())
        .with(legacy({ ...options, upgrade: () => ({ subject: "42" }) }));
      expect(await exchanging.verify(token)).not.toBeNull();
      expect(await plain("destroyAll", "42", secret)).toBe(true);
      expect([await plain("verify", token, secret), await exchanging.verify(token)]).toEqual([false, null]);
    });
  },
);
