import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { encryptedStore } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { createRwtWithLegacy } from "../../src/legacy/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { storeContract } from "../../src/testing/index.ts";
import { signedByOldNode } from "../legacy/old-libraries.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
beforeEach(() => admin.flushall());
afterAll(() => admin.quit());

const secret = "the secret of these tests, 32 bytes or more";
const user = { id: "user-42", name: "Augusta Lovelace", role: "countess" };
const options = { subject: "ada@example.org", meta: { device: "difference engine" } };
const USER_DATA = ["user-42", "Augusta", "Lovelace", "countess", "example", "difference", "engine", "device"];

/** All that is in Redis, keys, values and members, as text and as what its base64url stands for. */
async function dump(): Promise<string> {
  const found: string[] = [];
  for await (const keys of admin.scanStream() as AsyncIterable<string[]>) {
    for (const key of keys) {
      const isIndex = (await admin.type(key)) === "zset";
      found.push(key, ...(isIndex ? await admin.zrange(key, "0", "-1") : [(await admin.get(key)) ?? ""]));
    }
  }
  const decoded = found.flatMap((text) =>
    text.split(/[^\w-]/).map((part) => Buffer.from(part, "base64url").toString("latin1")),
  );
  return [...found, ...decoded].join("\n");
}

describe.each(storeKinds(redis, rest))("an encrypted store over $name", ({ open }) => {
  test("signs, verifies, slides, extends and destroys, with the commands of the store within", async () => {
    const rwt = createRwt({ store: encryptedStore(open(), { secret }), secret, verifyExtendsToken: true });
    await rwt.connect();
    const token = await rwt.sign(user);
    expect(await commandsOf(admin, () => rwt.sign(user))).toEqual({ set: 1 });
    const sent = await commandsOf(admin, async () =>
      expect(await rwt.verify(token)).toMatchObject({ data: user }),
    );
    expect(sent).toEqual({ getex: 1 });
    expect([await rwt.extend(token), await rwt.destroy(token), await rwt.verify(token)]).toEqual([
      true,
      true,
      null,
    ]);
  });

  test("leaves nothing of a user in Redis, which shows all of it without", async () => {
    const inner = open();
    await createRwt({ store: inner, secret }).sign(user, options);
    const plain = await dump();
    for (const word of USER_DATA) expect(plain).toContain(word);
    await admin.flushall();
    const rwt = createRwtWithSessions({ store: encryptedStore(inner, { secret }), secret, maxSessions: 5 });
    const token = await rwt.sign(user, options);
    const encrypted = await dump();
    expect(encrypted).toContain("e1.");
    for (const word of USER_DATA) expect(encrypted).not.toContain(word);
    expect(await rwt.verify(token)).toMatchObject({ data: user, ...options });
    for (const key of await admin.keys("*")) expect(await admin.ttl(key)).toBeGreaterThan(0);
  });

  test("composes with cache and extendEvery of the store within", async () => {
    const inner = open({ cache: { ttl: 60 }, extendEvery: 60 });
    const rwt = createRwt({ store: encryptedStore(inner, { secret }), secret });
    const token = await rwt.sign(user);
    await rwt.verify(token);
    const sent = await commandsOf(admin, async () => {
      for (let i = 0; i < 10; i++) expect((await rwt.verify(token))?.data).toEqual(user);
    });
    expect(sent).toEqual({});
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("knows a person's sessions, and refuses to change them in Redis", async () => {
    const inner = open();
    const plain = createRwtWithSessions({ store: inner, secret });
    const rwt = createRwtWithSessions({ store: encryptedStore(inner, { secret }), secret });
    const [old, phone, desk] = [
      await plain.sign(user, options),
      await rwt.sign(user, { subject: options.subject, meta: { device: "phone" } }),
      await rwt.sign(user, { subject: options.subject, meta: { device: "desk" } }),
    ];
    const { sessions } = await rwt.list(options.subject, { current: desk });
    expect(sessions.map(({ meta, current }) => `${meta?.device} ${current}`).sort()).toEqual([
      "desk true",
      "difference engine false",
      "phone false",
    ]);
    const before = await dump();
    const refused = { code: "ERR_RWT_OPTION_TYPE", option: "store" };
    await expect(rwt.update(phone, 1)).rejects.toMatchObject(refused);
    await expect(rwt.updateAll(options.subject, 1)).rejects.toMatchObject(refused);
    await expect(rwt.rotate(phone)).rejects.toMatchObject(refused);
    const unavailable = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "server" };
    await expect(plain.update(phone, 1)).rejects.toMatchObject(unavailable);
    await expect(plain.rotate(phone, { grace: 10 })).rejects.toMatchObject(unavailable);
    expect(await dump()).toBe(before);
    await expect(plain.updateAll(options.subject, 1)).rejects.toMatchObject(unavailable);

    const onPhone = sessions.find(({ meta }) => meta?.device === "phone") ?? expect.fail();
    expect(await rwt.destroyById(options.subject, onPhone.id)).toBe(true);
    expect(await rwt.verify(phone)).toBeNull();
    expect(await rwt.destroyAll(options.subject, { except: desk })).toBe(1);
    expect([await rwt.verify(old), (await rwt.verify(desk))?.data]).toEqual([null, user]);
    expect([await rwt.extend(desk), await rwt.destroy(desk)]).toEqual([true, true]);
    expect(await rwt.verify(desk)).toBeNull();
  });
});

describe("the contract of a store, over ioredis", () => {
  const [, , ioredis] = storeKinds(redis, rest);
  const store = encryptedStore((ioredis ?? expect.fail()).open(), { secret });
  for (const { name, run } of storeContract()) test(name, () => run(store));
});

test("the tokens of 2017 are exchanged for encrypted sessions", async () => {
  const within = ioredisStore(redis.url);
  onTestFinished(() => within.disconnect());
  const legacy = { prefix: "sess:", secret: "az3rty!" };
  const { token } = await signedByOldNode(admin, { user: { name: "Ada" }, ...legacy, expire: 600 });
  const store = encryptedStore(within, { secret });
  const rwt = createRwtWithLegacy({ store, secret, legacy: { ...legacy, upgrade: true } });
  const session = await rwt.verify(token);
  expect(session?.data).toEqual({ name: "Ada" });
  const [key = ""] = await admin.keys("rwt:*");
  expect(await admin.get(key)).toMatch(/^e1\./);
  expect((await rwt.verify(session?.newToken))?.data).toEqual({ name: "Ada" });
});
