import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
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

/** Everything in Redis: keys, values and members, as text and decoded from base64url. */
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

describe.each(storeKinds(redis, rest))("encryption over $name", ({ open }) => {
  test("signs, verifies, slides, extends and destroys, with the same commands as without encryption", async () => {
    const rwt = createRwt({ store: open(), secret, verifyExtendsToken: true }).with(encryption());
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
    const owned = await rwt.sign(user, options);
    expect(await commandsOf(admin, () => rwt.verify(owned))).toEqual({ expire: 1, mget: 1 });
  });

  test("leaves nothing of a user readable in Redis; without encryption everything is", async () => {
    const store = open();
    await createRwt({ store, secret }).sign(user, options);
    const plain = await dump();
    for (const word of USER_DATA) expect(plain).toContain(word);
    await admin.flushall();
    const rwt = createRwt({ store, secret })
      .with(encryption())
      .with(sessions({ maxSessions: 5 }));
    const token = await rwt.sign(user, options);
    await rwt.updateAll(options.subject, user);
    await rwt.update(token, (data: unknown) => ({ ...(data as object), more: "engine" }));
    const rotated = await rwt.rotate(token, { grace: 30 });
    const encrypted = await dump();
    expect(encrypted).toContain("e1.");
    for (const word of USER_DATA) expect(encrypted).not.toContain(word);
    expect(await rwt.verify(rotated)).toMatchObject({ data: user, ...options });
    for (const key of await admin.keys("*")) expect(await admin.ttl(key)).toBeGreaterThan(0);
  });

  test("composes with cache and extendEvery of the store", async () => {
    const store = open({ cache: { ttl: 60 }, extendEvery: 60 });
    const rwt = createRwt({ store, secret }).with(encryption());
    const token = await rwt.sign(user);
    await rwt.verify(token);
    const sent = await commandsOf(admin, async () => {
      for (let i = 0; i < 10; i++) expect((await rwt.verify(token))?.data).toEqual(user);
    });
    expect(sent).toEqual({});
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("lists, changes, rotates and ends a person's sessions, encrypted or not", async () => {
    const store = open();
    const plain = createRwt({ store, secret }).with(sessions());
    const rwt = plain.with(encryption());
    const signed = (service: typeof plain, device: string) =>
      service.sign(user, { subject: options.subject, meta: { device } });
    const [old, phone, desk] = [
      await signed(plain, "old"),
      await signed(rwt, "phone"),
      await signed(rwt, "desk"),
    ];
    const list = async () => (await rwt.list(options.subject, { current: desk })).sessions;
    const shown = (await list()).map(({ meta, current }) => `${meta?.device} ${current}`).sort();
    expect(shown).toEqual(["desk true", "old false", "phone false"]);
    expect(await rwt.updateAll(options.subject, { role: "all" })).toBe(true);
    for (const token of [old, phone, desk]) expect((await rwt.verify(token))?.data).toEqual({ role: "all" });
    expect(await rwt.update(old, { role: "one" })).toBe(true);
    const rotated = await rwt.rotate(old);
    expect((await rwt.verify(rotated))?.data).toEqual({ role: "one" });
    expect((await rwt.verify(phone))?.data).toEqual({ role: "all" });

    const onPhone = (await list()).find(({ meta }) => meta?.device === "phone") ?? expect.fail();
    expect(await rwt.destroyById(options.subject, onPhone.id)).toBe(true);
    expect(await rwt.verify(phone)).toBeNull();
    expect(await rwt.destroyAll(options.subject, { except: desk })).toBe(true);
    expect([await rwt.verify(rotated), (await rwt.verify(desk))?.data]).toEqual([null, { role: "all" }]);
  });
});

test("the tokens of 2017 are exchanged for encrypted sessions", async () => {
  const store = ioredisStore(redis.url);
  onTestFinished(() => store.disconnect());
  const old = { prefix: "sess:", secret: "az3rty!" };
  const { token } = await signedByOldNode(admin, { user: { name: "Ada" }, ...old, expire: 600 });
  const rwt = createRwt({ store, secret })
    .with(encryption())
    .with(legacy({ ...old, upgrade: true }));
  const session = await rwt.verify(token);
  expect(session?.data).toEqual({ name: "Ada" });
  const [key = ""] = await admin.keys("rwt:*:s:*");
  const [, facts, data] = (await admin.get(key))?.split("\n") ?? [];
  for (const line of [facts, data]) expect(line).toMatch(/^e1\./);
  expect((await rwt.verify(session?.newToken))?.data).toEqual({ name: "Ada" });
});
