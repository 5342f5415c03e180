import { createCipheriv, hkdfSync } from "node:crypto";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { php, phpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import type { Ask } from "./format-suite.ts";
import { startPhpAt } from "./start-php.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const older = "the secret before, also 32 bytes or more";
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());

const startPhp = (client: string, config: object = {}): Ask => startPhpAt(redis.port, client, config);

/** A line by Node's own crypto, and nothing of either library. */
function sealed(by: string, place: string, text: string, iv: Buffer): string {
  const key = Buffer.from(hkdfSync("sha256", by, "", "rwt/1/payload", 32));
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(place));
  const bytes = Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
  return `e1.${bytes.toString("base64url")}`;
}

describe.skipIf(php === undefined)(`PHP and encrypted lines${phpMissing}`, () => {
  const ask = startPhp("phpredis");
  const session = "rwt:{9459}:s:9_FvOcOGi8SLCeasb_5Ovw";
  const places = [
    `${session}\n2\n1795000000`,
    `${session}\n3`,
    `ü${session}\n3`,
    "rwt:{9459}:p:lFmsS4ZTi1jB60TQ\n2",
  ];

  test.each(places)("opens and makes those of %j", async (place) => {
    for (const text of [
      "{}",
      '{"sub":"émilie"}',
      '"ab"',
      '"abc"',
      `"${"x".repeat(5000)}"`,
      String.raw`"\ud800"`,
    ]) {
      const iv = Buffer.from(`${text}            `).subarray(0, 12);
      const line = sealed(secret, place, text, iv);
      expect(await ask("seal", secret, place, text, iv.toString("hex"))).toBe(line);
      expect(await ask("openSealed", [older, secret], place, line)).toBe(text);
      expect(await ask("openSealed", [older], place, line)).toBeNull();
      expect(await ask("openSealed", [secret], `${place}x`, line)).toBeNull();
      for (const cut of [
        line.slice(0, -1),
        `${line}A`,
        `${line}=`,
        line.slice(0, 20),
        "e1.",
        line.replace("e1.", "e1.A"),
      ]) {
        expect(await ask("openSealed", [secret], place, cut)).toBeNull();
      }
    }
  });
});

describe.skipIf(php === undefined).each(["phpredis", "predis"])(
  `PHP with %s and encrypted sessions${phpMissing}`,
  (client) => {
    const encrypts = startPhp(client, { encrypt: true });
    const plain = startPhp(client);
    const strict = startPhp(client, { encrypt: true, acceptPlain: false });
    const options = { subject: "émilie", meta: { device: "iPad" }, expire: 60 };
    const data = { name: "Zoë 🎟", n: 1 };
    const both = { data, subject: "émilie", expire: 60 };
    const encrypted = createRwt({ store, secret })
      .with(encryption({ acceptPlain: false }))
      .with(sessions());
    const allInRedis = async () => {
      const keys = (await admin.keys("*")).filter((key) => !key.includes(":i:"));
      return [...keys, ...(await admin.mget(keys))].join("\n");
    };

    test("what either encrypts, the other verifies, and neither leaves it readable", async () => {
      const mine = await encrypted.sign(data, options);
      expect(await encrypts("session", mine, secret)).toMatchObject(both);
      expect(await plain("session", mine, secret)).toMatchObject(both);
      const its = String(await encrypts("sign", data, secret, options));
      expect(await encrypted.verify(its)).toMatchObject({ ...both, meta: options.meta });
      expect(await allInRedis()).not.toMatch(/Zoë|milie|iPad/);
      expect(await encrypts("extend", mine, secret)).toBe(true);
      expect(await encrypts("destroyAll", "émilie", secret)).toBe(true);
      expect([await encrypted.verify(mine), await encrypted.verify(its)]).toEqual([null, null]);
    });

    test("what either changes, the other reads", async () => {
      const mine = await encrypted.sign(data, options);
      expect(await encrypts("increment", mine, secret)).toBe(true);
      expect((await encrypted.verify(mine))?.data).toEqual({ ...data, n: 2 });
      expect(await encrypted.update(mine, (found: unknown) => ({ ...(found as typeof data), n: 3 }))).toBe(
        true,
      );
      expect(await strict("verify", mine, secret)).toEqual({ ...data, n: 3 });
      const rotated = String(await encrypts("rotate", mine, secret));
      expect(await encrypts("updateAll", "émilie", secret, { all: "PHP" })).toBe(true);
      expect((await encrypted.verify(rotated))?.data).toEqual({ all: "PHP" });
      expect(await encrypted.updateAll("émilie", { all: "TypeScript" })).toBe(true);
      expect(await strict("verify", rotated, secret)).toEqual({ all: "TypeScript" });
      expect(await strict("list", "émilie", secret)).toMatchObject({ sessions: [{ meta: options.meta }] });
      expect((await encrypted.list("émilie")).sessions).toMatchObject([{ meta: options.meta }]);
      expect(await allInRedis()).not.toMatch(/PHP|TypeScript|Zoë|milie|iPad/);
    });

    test("a service without encryption puts no plain text in the place of encrypted data", async () => {
      const mine = await encrypted.sign(data, options);
      await expect(plain("update", mine, secret, "plain")).rejects.toThrow("UNAVAILABLE encrypted");
      await expect(plain("updateAll", "émilie", secret, "plain")).rejects.toThrow("UNAVAILABLE encrypted");
      const its = await encrypts("sign", data, secret, { subject: "another" });
      const without = createRwt({ store, secret }).with(sessions());
      await expect(without.update(String(its), 1)).rejects.toMatchObject({ reason: "encrypted" });
      await expect(without.updateAll("another", 1)).rejects.toMatchObject({ reason: "encrypted" });
      expect(await encrypted.verify(mine)).toMatchObject(both);
    });

    test("opens with any secret of a list, and sessions that aren't encrypted unless told not to", async () => {
      const token = String(await encrypts("sign", 1, older));
      expect(await encrypts("verify", token, [secret, older])).toBe(1);
      const one = String(await plain("sign", 2, secret));
      expect(await encrypts("verify", one, secret)).toBe(2);
      expect(await strict("verify", one, secret)).toBe(false);
      expect(await encrypted.verify(one)).toBeNull();
      expect(await strict("verify", await strict("sign", 3, secret), secret)).toBe(3);
    });

    test.each([[{ encrypt: 1 }], [{ acceptPlain: "no" }]])("refuses the configuration %j", async (config) => {
      await expect(startPhp(client, config)("connect")).rejects.toThrow("ERR_RWT_OPTION_TYPE");
    });
  },
);
