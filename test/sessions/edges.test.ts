/** Cases that a review of the sessions found. */
import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { sessions } from "../../src/sessions/index.ts";
import { type IoredisClient, ioredisStore } from "../../src/stores/ioredis.ts";
import { createKeyRing } from "../../src/token/key-ring.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { expectExpiries, freshSubject, secret } from "./fixture.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
afterEach(async () => {
  await expectExpiries(admin);
  await admin.flushall();
});

function serviceOver(target: IoredisClient | string, options = {}, storeOptions = {}) {
  const rwt = createRwt({ store: ioredisStore(target, storeOptions), secret, ...options }).with(
    sessions({ maxSessions: 10 }),
  );
  atEnd(() => rwt.disconnect());
  return rwt;
}

test("a client with its own keyPrefix works", async () => {
  const client = new Redis(redis.url, { keyPrefix: "app:{x}:" });
  atEnd(() => client.disconnect());
  const rwt = serviceOver(client);
  const subject = freshSubject();
  const [one, two] = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
  const fresh = await rwt.rotate(one, { grace: 60 });
  expect((await rwt.list(subject, { current: fresh })).sessions).toHaveLength(2);
  expect(await rwt.update(fresh, 3)).toBe(true);
  expect((await rwt.verify(one))?.data).toBe(3);
  expect(await rwt.destroy(two)).toBe(true);
  expect(await rwt.updateAll(subject, 4)).toBe(true);
  expect((await rwt.verify(fresh))?.data).toBe(4);
  expect(await rwt.destroyAll(subject)).toBe(true);
  for (const token of [one, two, fresh]) expect(await rwt.verify(token)).toBeNull();
  for (const key of await admin.keys("*")) expect(key).toMatch(/^app:\{x\}:rwt:/);
});

test("with replicas: only writes that must not be lost wait for a replica", async () => {
  const plain = serviceOver(redis.url);
  const rwt = serviceOver(redis.url, { verifyExtendsToken: true }, { timeout: 600, replicas: 1 });
  const subject = freshSubject();
  const [live, dead] = [await plain.sign(1, { subject }), await plain.sign(2, { subject })];
  const rotated = await plain.rotate(live);
  await plain.destroy(dead);
  // There is no replica, so every call that waits for one is an outage.
  expect(await rwt.verify(dead)).toBeNull();
  expect([(await rwt.verify(live))?.data, (await rwt.verify(rotated))?.data]).toEqual([1, 1]);
  expect(await rwt.verify(live)).toBeNull();
  expect((await rwt.list(subject)).sessions).toHaveLength(1);
  expect(await rwt.extend(rotated)).toBe(true);
  const writes = {
    sign: () => rwt.sign(1, { subject }),
    "sign without a subject": () => rwt.sign(1),
    rotate: () => rwt.rotate(rotated),
    update: () => rwt.update(rotated, 2),
    updateAll: () => rwt.updateAll(subject, 2),
    destroyAll: () => rwt.destroyAll(subject),
    destroy: () => rwt.destroy(rotated),
  };
  for (const [name, write] of Object.entries(writes))
    await expect(write(), name).rejects.toMatchObject({ reason: "replicas" });
});

test("two secrets with the same kid: a rotation uses the one that signed", async () => {
  const kidOf = async (text: string) => (await createKeyRing([utf8(text)])())[0]?.kid;
  const kid = await kidOf(secret);
  let twin = "";
  for (let i = 0; twin === ""; i++) {
    const text = `another secret of the tests, number ${i}`;
    if ((await kidOf(text)) === kid) twin = text;
  }
  const old = serviceOver(redis.url);
  const both = serviceOver(redis.url, { secret: [twin, secret] });
  const fresh = await both.rotate(await old.sign("Ada", { subject: "42" }), { grace: 10 });
  expect((await both.verify(fresh))?.data).toBe("Ada");
  expect((await old.verify(fresh))?.data).toBe("Ada");
  expect(await both.idOf(fresh)).toBe(await old.idOf(fresh));
  expect(await both.destroyAll("42")).toBe(true);
  expect(await both.verify(fresh)).toBeNull();
});

test("rotations leave nothing behind in Redis, however many", async () => {
  const rwt = serviceOver(redis.url);
  for (const subject of [undefined, "42"]) {
    const first = await rwt.sign("Ada", { subject });
    const keys = (await admin.keys("*")).sort();
    let token: string | null = first;
    for (let i = 0; i < 300; i++) token = await rwt.rotate(token, { grace: i % 2 === 0 ? 0 : 600 });
    expect((await admin.keys("*")).sort()).toEqual(keys);
    expect((await rwt.verify(token))?.data).toBe("Ada");
    // A replay after this many rotations takes as many commands as after one.
    const sent = await commandsOf(admin, () => rwt.verify(first));
    expect(Object.values(sent).reduce((sum, count) => sum + count, 0)).toBeLessThan(10);
    expect(await rwt.verify(token)).toBeNull();
    await admin.flushall();
  }
});

test("a new limit reduces very many sessions step by step, a few per sign-in", async () => {
  const many = createRwt({ store: ioredisStore(redis.url, { timeout: 20_000 }), secret });
  const few = serviceOver(redis.url, {}, { timeout: 20_000 });
  for (let i = 0; i < 30; i++)
    await Promise.all(Array.from({ length: 100 }, () => many.sign(i, { subject: "42" })));
  // Wait for the background work of its signs, which must not be counted.
  await many.disconnect();
  for (let i = 0; i < 5; i++) {
    const { getrange = 0, del = 0 } = await commandsOf(admin, () => few.sign("new", { subject: "42" }));
    expect(getrange + del).toBeLessThan(2200);
  }
  expect((await few.list("42")).sessions).toHaveLength(10);
});

test("expired sessions don't let the index grow beyond twice the live sessions", async () => {
  const rwt = createRwt({ store: ioredisStore(redis.url), secret });
  atEnd(() => rwt.disconnect());
  for (let i = 0; i < 3; i++)
    await Promise.all(Array.from({ length: 100 }, () => rwt.sign("short", { subject: "42", expire: 1 })));
  const [index = ""] = await admin.keys("*:i:*");
  expect(await admin.zcard(index)).toBe(300);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  for (let i = 0; i < 150; i++) await rwt.sign("still in", { subject: "42" });
  await expect.poll(() => admin.zcard(index)).toBeLessThanOrEqual(2 * 150);
});
