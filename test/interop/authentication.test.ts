import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const store = ioredisStore(redis.url);
afterAll(async () => {
  admin.disconnect();
  await store.disconnect();
});
const plain = createRwt({ store, secret }).with(sessions());
const auth = { at: 1_700_000_000, amr: ["pwd", "otp"], acr: "2" };
const act = { sub: "support-7", act: { sub: "bot" } };
const known = { auth, act };

/** Clients that don't know line 4 and `act`. */
describeClients("how a user signed in, where others write", clients, (client) => {
  describe.each([
    ["plain", plain, {}],
    ["encrypted", plain.with(encryption({ acceptPlain: false })), { encrypt: true, acceptPlain: false }],
  ] as const)("%s", (_, rwt, config) => {
    test.each([[{}], [{ subject: "émilie" }]])("whatever they write keeps it, %j", async (options) => {
      const ask = client.start(redis.port, config);
      const token = await rwt.sign({ n: 1 }, { ...options, auth, act });
      expect(await ask("verify", token, secret)).toEqual({ n: 1 });
      expect(await ask("update", token, secret, { n: 2 })).toBe(true);
      expect(await ask("increment", token, secret)).toBe(true);
      expect(await ask("extend", token, secret)).toBe(true);
      expect(await rwt.verify(token)).toMatchObject({ ...known, data: { n: 3 } });
      const rotated = String(await ask("rotate", token, secret));
      expect(await ask("verify", rotated, secret)).toEqual({ n: 3 });
      expect(await rwt.verify(rotated)).toMatchObject(known);
      const strict = String(await ask("rotate", rotated, secret, { retry: false }));
      expect(await rwt.verify(strict)).toMatchObject(known);
      if ("subject" in options) {
        const { subject } = options;
        expect(await ask("updateAll", subject, secret, { n: 9 })).toBe(true);
        expect(await rwt.verify(strict)).toMatchObject({ ...known, data: { n: 9 } });
        const { sessions: listed } = (await ask("list", subject, secret, {})) as { sessions: object[] };
        expect(listed).toHaveLength(1);
        expect(await ask("destroyAll", subject, secret, { except: strict })).toBe(true);
        expect(await rwt.verify(strict)).toMatchObject(known);
      }
      const fresh = String(await rwt.reauthenticate(strict, { amr: ["hwk"] }));
      expect(await ask("verify", strict, secret)).toBe(false);
      expect(await ask("verify", fresh, secret)).toMatchObject({ n: expect.any(Number) });
      expect((await rwt.verify(fresh))?.auth?.amr).toEqual(["hwk"]);
      expect(await ask("destroy", fresh, secret)).toBe(true);
      expect(await rwt.verify(fresh)).toBeNull();
    });
  });
});
