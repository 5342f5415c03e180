import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { encryptedStore } from "../../src/encrypt/index.ts";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import type { Ask } from "./format-suite.ts";
import { startPhpAt } from "./start-php.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());

const startPhp = (client: string, config: object = {}): Ask => startPhpAt(redis.port, client, config);

describe.skipIf(php === undefined)(`PHP and encrypted values${phpMissing}`, () => {
  const ask = startPhp("phpredis");

  test("opens and makes those of all vectors", async () => {
    for (const { secrets, key, value, text, iv, why } of vectors.sealed) {
      expect(await ask("openSealed", secrets, key, value), why ?? value).toBe(text);
      if (text === null) continue;
      expect(await ask("openSealed", secrets, `${key}x`, value)).toBeNull();
      const made = await Promise.all(secrets.map((one) => ask("seal", one, key, text, iv)));
      expect(made).toContain(value);
    }
  });
});

describe.skipIf(php === undefined).each(["phpredis", "predis"])(
  `PHP with %s and encrypted sessions${phpMissing}`,
  (client) => {
    const older = "the secret before, also 32 bytes or more";
    const encrypts = startPhp(client, { encrypt: true });
    const plain = startPhp(client);
    const strict = startPhp(client, { encrypt: true, acceptPlain: false });
    const options = { subject: "émilie", meta: { device: "iPad" }, expire: 60 };
    const data = { name: "Zoë 🎟", n: 1.5 };
    const both = { data, subject: "émilie", expire: 60 };
    const encrypted = createRwt({ store: encryptedStore(store, { secret }), secret });
    const allInRedis = async () => {
      const keys = await admin.keys("*:s:*");
      return [...(await admin.keys("*")), ...(await admin.mget(keys))].join("\n");
    };

    test("what either encrypts, the other verifies, and neither leaves it readable", async () => {
      const mine = await encrypted.sign(data, options);
      expect(await encrypts("session", mine, secret)).toMatchObject(both);
      expect(await plain("session", mine, secret)).toMatchObject(both);
      const its = String(await encrypts("sign", data, secret, options));
      expect(await encrypted.verify(its)).toMatchObject({ ...both, meta: options.meta });
      expect((await allInRedis()).match(/e1\./g)).toHaveLength(2);
      expect(await allInRedis()).not.toMatch(/Zoë|milie|iPad/);
      expect(await encrypts("extend", mine, secret)).toBe(true);
      expect(await encrypts("destroyAll", "émilie", secret)).toBe(2);
      expect([await encrypted.verify(mine), await encrypted.verify(its)]).toEqual([null, null]);
    });

    test("opens with any secret of a list, and sessions that aren't encrypted unless told not to", async () => {
      const token = String(await encrypts("sign", 1, older));
      expect(await encrypts("verify", token, [secret, older])).toBe(1);
      const one = String(await plain("sign", 2, secret));
      expect(await encrypts("verify", one, secret)).toBe(2);
      expect(await strict("verify", one, secret)).toBe(false);
      expect(await strict("verify", await strict("sign", 3, secret), secret)).toBe(3);
    });

    test("what was changed, moved or made with another secret is no session", async () => {
      const token = String(await encrypts("sign", 1, secret));
      const [key = ""] = await admin.keys("*");
      const value = (await admin.get(key)) ?? "";
      const other = createRwt({ store: encryptedStore(store, { secret: older }), secret });
      const foreign = await other.sign(1);
      expect(await encrypts("verify", foreign, secret)).toBe(false);
      const [moved = ""] = (await admin.keys("*")).filter((each) => each !== key);
      await admin.set(moved, value, "EX", 60);
      expect(await encrypts("verify", foreign, secret)).toBe(false);
      await admin.set(
        key,
        `${value.slice(0, 40)}${value[40] === "A" ? "B" : "A"}${value.slice(41)}`,
        "EX",
        60,
      );
      expect(await encrypts("verify", token, secret)).toBe(false);
      await admin.set(key, value, "EX", 60);
      expect(await encrypts("verify", token, secret)).toBe(1);
    });

    test.each([[{ encrypt: 1 }], [{ acceptPlain: "no" }]])("refuses the configuration %j", async (config) => {
      await expect(startPhp(client, config)("connect")).rejects.toThrow("ERR_RWT_OPTION_TYPE");
    });
  },
);
