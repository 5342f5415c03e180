/** What a review of the sessions found, each with the case that showed it. */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { utf8 } from "../../src/lib/bytes.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createKeyRing } from "../../src/token/key-ring.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { benches, freshSubject, secret, serviceOn } from "./fixture.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
afterEach(() => admin.flushall());

test("a client whose own keyPrefix stands before every key", async () => {
  const client = new Redis(redis.url, { keyPrefix: "app:{x}:" });
  atEnd(() => client.disconnect());
  const rwt = createRwtWithSessions({ store: ioredisStore(client), secret, maxSessions: 3 });
  const subject = freshSubject();
  const [one, two] = [await rwt.sign(1, { subject }), await rwt.sign(2, { subject })];
  const fresh = await rwt.rotate(one, { grace: 60 });
  expect((await rwt.list(subject, { current: fresh })).sessions).toHaveLength(2);
  expect(await rwt.update(fresh, 3)).toBe(true);
  expect((await rwt.verify(one))?.data).toBe(3);
  expect(await rwt.destroy(two)).toBe(true);
  expect(await rwt.destroyAll(subject)).toBe(1);
  for (const token of [one, two, fresh]) expect(await rwt.verify(token)).toBeNull();
});

test("with replicas: only what must not be lost is waited for", async () => {
  const rwt = createRwtWithSessions({
    store: ioredisStore(redis.url, { timeout: 600, replicas: 1 }),
    secret,
  });
  atEnd(() => rwt.disconnect());
  const plain = createRwtWithSessions({ store: ioredisStore(redis.url), secret });
  atEnd(() => plain.disconnect());
  const subject = freshSubject();
  const [live, dead] = [await plain.sign(1, { subject }), await plain.sign(2, { subject })];
  await plain.destroy(dead);
  // There is no replica, so whatever waits for one is an outage.
  expect(await rwt.verify(dead)).toBeNull();
  expect((await rwt.list(subject)).sessions).toHaveLength(1);
  expect(await rwt.extend(live)).toBe(true);
  await expect(rwt.rotate(live)).rejects.toMatchObject({ reason: "replicas" });
  await expect(rwt.destroyAll(subject)).rejects.toMatchObject({ reason: "replicas" });
});

test("a dead token that was never rotated costs two reads, and no script", async () => {
  const rwt = createRwtWithSessions({ store: ioredisStore(redis.url), secret });
  atEnd(() => rwt.disconnect());
  const token = await rwt.sign(1);
  await rwt.destroy(token);
  expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({ get: 2 });
});

test("two secrets of one kid: a rotation keeps to the one that signed", async () => {
  const kidOf = async (text: string) => (await createKeyRing([utf8(text)])())[0]?.kid;
  const kid = await kidOf(secret);
  let twin = "";
  for (let i = 0; twin === ""; i++) {
    const text = `another secret of the tests, number ${i}`;
    if ((await kidOf(text)) === kid) twin = text;
  }
  const store = ioredisStore(redis.url);
  const old = createRwtWithSessions({ store, secret });
  const both = createRwtWithSessions({ store, secret: [twin, secret] });
  atEnd(() => both.disconnect());
  const fresh = await both.rotate(await old.sign("Ada", { subject: "42" }), { grace: 10 });
  expect((await both.verify(fresh))?.data).toBe("Ada");
  expect(await both.destroyAll("42")).toBe(1);
  expect(await both.verify(fresh)).toBeNull();
});

test("rotations alone don't let the index grow, and a replay costs the same after many", async () => {
  const time = createTimeMachine(tcpSender(admin));
  const rwt = createRwtWithSessions({ store: ioredisStore(redis.url), secret, now: time.now });
  atEnd(() => rwt.disconnect());
  const first = await rwt.sign(1, { subject: "42" });
  let token: string | null = first;
  for (let i = 0; i < 200; i++) {
    token = await rwt.rotate(token, { grace: 1 });
    await time.advance(3);
  }
  const [index = ""] = await admin.keys("*:u:*");
  expect(await admin.zcard(index)).toBeLessThanOrEqual(3);
  await time.advance(10);
  const sent = await commandsOf(admin, () => rwt.verify(first));
  expect(Object.values(sent).reduce((sum, count) => sum + count, 0)).toBeLessThan(15);
  expect(await rwt.verify(token)).toBeNull();
});

test("rotations in quick succession leave fifty copies at most", async () => {
  const rwt = createRwtWithSessions({ store: ioredisStore(redis.url), secret });
  atEnd(() => rwt.disconnect());
  let token: string | null = await rwt.sign(1, { subject: "42" });
  for (let i = 0; i < 80; i++) token = await rwt.rotate(token, { grace: 600 });
  // With the session itself, and the copy of the first token.
  expect(await admin.keys("*:s:*")).toHaveLength(52);
  expect(await rwt.destroy(token)).toBe(true);
  expect(await admin.keys("*:s:*")).toEqual([]);
});

test("what a cut-off destroyAll left aside is ended before anything is listed or changed", async () => {
  const rwt = createRwtWithSessions({ store: ioredisStore(redis.url), secret });
  atEnd(() => rwt.disconnect());
  for (const look of [() => rwt.list("42"), () => rwt.updateAll("42", 2)]) {
    const token = await rwt.sign(1, { subject: "42" });
    const [index = ""] = await admin.keys("*:u:*");
    // As the first step of a destroyAll leaves it that goes no further.
    await admin.rename(index, `${index}:d`);
    const later = await rwt.sign(2, { subject: "42" });
    await look();
    expect(await rwt.verify(token)).toBeNull();
    expect((await rwt.list("42", { current: later })).sessions.map(({ current }) => current)).toEqual([true]);
    await rwt.destroyAll("42");
  }
});

test("a limit comes down to a subject that had very many, and looks at few at a time", async () => {
  const store = ioredisStore(redis.url, { timeout: 20_000 });
  const many = createRwt({ store, secret });
  const few = createRwtWithSessions({ store, secret, maxSessions: 10 });
  atEnd(() => few.disconnect());
  for (let i = 0; i < 30; i++)
    await Promise.all(Array.from({ length: 100 }, () => many.sign(i, { subject: "42" })));
  for (let i = 0; i < 3; i++) {
    const { exists = 0 } = await commandsOf(admin, () => few.sign("new", { subject: "42" }));
    expect(exists).toBeLessThan(1100);
  }
  await few.sign("new", { subject: "42" });
  expect((await few.list("42")).sessions).toHaveLength(10);
});

describe.each(await benches())("a copy within its grace: $name", (bench) => {
  const { store, time } = bench;
  const rwt = serviceOn<unknown>(bench, { verifyExtendsToken: true, expire: 100 });

  test("that was slid past its end changes nothing more", async () => {
    const plain = createRwt({ store, secret, now: time.now, verifyExtendsToken: true });
    const old = await rwt.sign("Ada");
    const fresh = await rwt.rotate(old, { grace: 20 });
    expect(await plain.extend(old)).toBe(true);
    expect(await plain.verify(old)).not.toBeNull();
    await time.advance(21);
    expect(await rwt.update(old, "an attacker's")).toBe(false);
    expect(await rwt.extend(old)).toBe(false);
    expect(await plain.verify(old)).toBeNull();
    expect((await rwt.verify(fresh))?.data).toBe("Ada");
  });

  test("is the caller's own session in a list", async () => {
    const subject = freshSubject();
    const old = await rwt.sign("Ada", { subject });
    await rwt.rotate(old, { grace: 60 });
    expect((await rwt.list(subject, { current: old })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
  });

  test("never outlives what it was rotated to", async () => {
    const old = await rwt.sign("Ada", { expire: 10 });
    await rwt.extend(old, { expire: 90 });
    const fresh = await rwt.rotate(old, { grace: 60 });
    await time.advance(12);
    expect([await rwt.verify(fresh), await rwt.verify(old)]).toEqual([null, null]);
  });

  test("no verify right after a rotation without a grace is theft yet", async () => {
    const old = await rwt.sign("Ada");
    const fresh = await rwt.rotate(old);
    expect(await rwt.verify(old)).toBeNull();
    expect(await rwt.rotate(old)).toBe(fresh);
    expect((await rwt.verify(fresh))?.data).toBe("Ada");
    expect(rwt.events).toEqual([]);
  });
});
