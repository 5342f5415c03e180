import { Redis } from "ioredis";
import { afterAll, beforeEach, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { ownRedis } from "../support/servers.ts";
import { clients, describeClients } from "./clients.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
afterAll(() => admin.disconnect());
beforeEach(() => admin.flushall());
const secret = "a secret that all languages share, 32 bytes or more";
const older = "the secret before, also 32 bytes or more";
const store = ioredisStore(redis.url);
afterAll(() => store.disconnect());

describeClients("encryption in another language", clients, ({ start }) => {
  const ask = start(redis.port);
  test.each(vectors.sealed)("opens and makes the vectors' lines: $key $line $value", async (vector) => {
    const { secrets, key, line, iat, value, text, iv } = vector;
    const place = [key, line, ...(iat === null ? [] : [String(iat).padStart(10, "0")])].join("\n");
    expect(await ask("openSealed", secrets, place, value)).toBe(text);
    if (text === null) return;
    expect(await ask("openSealed", secrets, `${place}x`, value)).toBeNull();
    const made = await Promise.all(secrets.map((one) => ask("seal", one, place, text, iv)));
    expect(made).toContain(value);
  });

  const encrypts = start(redis.port, { encrypt: true });
  /** Reads encrypted sessions, and signs plain ones. */
  const reads = start(redis.port, { encrypt: false });
  const strict = start(redis.port, { encrypt: true, acceptPlain: false });
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

  test("each verifies what the other encrypts, and Redis contains nothing readable", async () => {
    const mine = await encrypted.sign(data, options);
    expect(await encrypts("session", mine, secret)).toMatchObject(both);
    expect(await reads("session", mine, secret)).toMatchObject(both);
    const its = String(await encrypts("sign", data, secret, options));
    expect(await encrypted.verify(its)).toMatchObject({ ...both, meta: options.meta });
    expect(await allInRedis()).not.toMatch(/Zoë|milie|iPad/);
    expect(await encrypts("extend", mine, secret)).toBe(true);
    expect(await encrypts("destroyAll", "émilie", secret)).toBe(true);
    expect([await encrypted.verify(mine), await encrypted.verify(its)]).toEqual([null, null]);
  });

  test("each reads what the other changes", async () => {
    const mine = await encrypted.sign(data, options);
    expect(await encrypts("increment", mine, secret)).toBe(true);
    expect((await encrypted.verify(mine))?.data).toEqual({ ...data, n: 2 });
    expect(await encrypted.update(mine, (found: unknown) => ({ ...(found as typeof data), n: 3 }))).toBe(
      true,
    );
    expect(await strict("verify", mine, secret)).toEqual({ ...data, n: 3 });
    const rotated = String(await encrypts("rotate", mine, secret));
    expect(await encrypts("updateAll", "émilie", secret, { all: "theirs" })).toBe(true);
    expect((await encrypted.verify(rotated))?.data).toEqual({ all: "theirs" });
    expect(await encrypted.updateAll("émilie", { all: "TypeScript" })).toBe(true);
    expect(await strict("verify", rotated, secret)).toEqual({ all: "TypeScript" });
    expect(await strict("list", "émilie", secret)).toMatchObject({ sessions: [{ meta: options.meta }] });
    expect((await encrypted.list("émilie")).sessions).toMatchObject([{ meta: options.meta }]);
    expect(await allInRedis()).not.toMatch(/theirs|TypeScript|Zoë|milie|iPad/);
  });

  test("a service without encryption can't replace encrypted data with plain text", async () => {
    const mine = await encrypted.sign(data, options);
    await expect(ask("update", mine, secret, "plain")).rejects.toThrow("UNAVAILABLE encrypted");
    await expect(ask("updateAll", "émilie", secret, "plain")).rejects.toThrow("UNAVAILABLE encrypted");
    const its = await encrypts("sign", data, secret, { subject: "another" });
    const without = createRwt({ store, secret }).with(sessions());
    await expect(without.update(String(its), 1)).rejects.toMatchObject({ reason: "encrypted" });
    await expect(without.updateAll("another", 1)).rejects.toMatchObject({ reason: "encrypted" });
    expect(await encrypted.verify(mine)).toMatchObject(both);
  });

  test("opens with any secret of a list, and accepts sessions that aren't encrypted unless told not to", async () => {
    const token = String(await encrypts("sign", 1, older));
    expect(await encrypts("verify", token, [secret, older])).toBe(1);
    const one = String(await reads("sign", 2, secret));
    expect(await encrypts("verify", one, secret)).toBe(2);
    expect(await strict("verify", one, secret)).toBe(false);
    expect(await encrypted.verify(one)).toBeNull();
    expect(await strict("verify", await strict("sign", 3, secret), secret)).toBe(3);
  });

  test.each([[{ encrypt: 1 }], [{ acceptPlain: "no" }]])("refuses the configuration %j", async (config) => {
    await expect(start(redis.port, config)("connect")).rejects.toThrow("ERR_RWT_OPTION_TYPE");
  });
});
