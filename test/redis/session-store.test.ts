import { Redis } from "ioredis";
import { afterAll, describe, expect, test } from "vitest";
import { createRwt, type Rwt } from "../../src/index.ts";
import { commandsOf as counted } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
afterAll(() => admin.quit());

const commandsOf = (work: () => Promise<unknown>) => counted(admin, work);

const secret = "a secret of the tests, 32 bytes or more";

/** Each script's text is sent where Redis doesn't know it yet. */
async function warmUp(rwt: Rwt): Promise<void> {
  const token = await rwt.sign(0, { subject: "42" });
  await rwt.extend(token);
  await rwt.destroy(token);
  await rwt.sign(0, { subject: "42" });
}

describe.each(storeKinds(redis, rest))(
  "one command for each operation, counted by Redis: $name",
  ({ open }) => {
    const store = open();
    const still = createRwt({ store, secret });
    const sliding = createRwt({ store, secret, verifyExtendsToken: true });

    test("sign, verify, extend, destroy", async () => {
      await still.connect();
      await warmUp(still);
      let token = "";
      expect(await commandsOf(async () => (token = await still.sign({ id: 1 })))).toEqual({ set: 1 });
      expect(await commandsOf(() => still.verify(token))).toEqual({ get: 1 });
      expect(await commandsOf(() => sliding.verify(token))).toEqual({ getex: 1 });
      // Redis counts what a script calls too.
      const extended = await commandsOf(() => still.extend(token));
      expect(extended).toEqual({ evalsha: 1, getrange: 1, expire: 1 });
      const destroyed = await commandsOf(() => still.destroy(token));
      expect(destroyed).toEqual({ evalsha: 1, getrange: 1, del: 1 });
      expect(await commandsOf(() => still.verify(token))).toEqual({ get: 1 });
    });

    test("the same with a subject: one script writes session, person and index", async () => {
      await warmUp(still);
      let token = "";
      const signed = await commandsOf(async () => (token = await still.sign(1, { subject: "42" })));
      expect(signed).toMatchObject({ evalsha: 1, set: 1, zadd: 1 });
      expect(signed).not.toHaveProperty("eval");
      expect(await commandsOf(() => still.verify(token))).toEqual({ mget: 1 });
      // Two in one round trip.
      expect(await commandsOf(() => sliding.verify(token))).toEqual({ expire: 1, mget: 1 });
      const extended = await commandsOf(() => still.extend(token));
      expect(extended).toEqual({ evalsha: 1, getrange: 2, expire: 1 });
      const destroyed = await commandsOf(() => still.destroy(token));
      expect(destroyed).toEqual({ evalsha: 1, getrange: 2, del: 1, zrem: 1 });
      expect(await commandsOf(() => still.verify(token))).toEqual({ mget: 1 });
    });

    test("none for a malformed, a forged, a foreign and a past-deadline token", async () => {
      const token = await still.sign(1);
      const foreign = await createRwt({ store, secret: secret.toUpperCase() }).sign(1);
      const later = createRwt({ store, secret, now: () => Date.now() / 1000 + still.maxLifetime });
      const sent = await commandsOf(async () => {
        for (const bad of ["", "junk", token.slice(0, -1), forged(token), foreign]) {
          expect(await sliding.verify(bad)).toBeNull();
          expect(await sliding.extend(bad)).toBe(false);
          expect(await sliding.destroy(bad)).toBe(false);
        }
        expect(await later.verify(token)).toBeNull();
        expect(await later.extend(token)).toBe(false);
        expect(await later.destroy(token)).toBe(false);
      });
      expect(sent).toEqual({});
      expect((await still.verify(token))?.data).toBe(1);
    });
  },
);

test("over HTTP each operation is one request", async () => {
  const upstash = storeKinds(redis, rest).filter(({ name }) => name.startsWith("upstash"));
  for (const { open } of upstash) {
    const rwt = createRwt({ store: open(), secret });
    await warmUp(rwt);
    for (const options of [{}, { subject: "42" }]) {
      rest.requests.reset();
      const token = await rwt.sign(1, options);
      await Promise.all([rwt.verify(token), rwt.extend(token)]);
      await rwt.destroy(token);
      expect(rest.requests.paths).toEqual({ "/": { requests: 4, commands: 4 } });
    }
  }
});

describe("no command reaches past the deadline", () => {
  test("nor does a key live past it, by sliding, extending or signing", async () => {
    const open = storeKinds(redis, rest).find(({ name }) => name === "ioredis")?.open ?? expect.fail();
    const store = open();
    const at = (now: number) =>
      createRwt({ store, secret, maxLifetime: 60, expire: 50, verifyExtendsToken: true, now: () => now });
    const start = 1_000_000_000;
    await admin.flushall();
    const token = await at(start).sign(1);
    const [key = ""] = await admin.keys("*");
    expect(await admin.ttl(key)).toBeLessThanOrEqual(50);
    const later = at(start + 45);
    expect(await later.verify(token)).not.toBeNull();
    expect(await admin.ttl(key)).toBeLessThanOrEqual(15);
    expect(await later.extend(token, { expire: 3600 })).toBe(true);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(15);
    expect(await at(start + 59).verify(token)).not.toBeNull();
    expect(await admin.ttl(key)).toBeLessThanOrEqual(1);
  });
});

describe("what stands in Redis", () => {
  const rwt = createRwt({
    store: storeKinds(redis, rest)
      .find(({ name }) => name === "ioredis")
      ?.open() as never,
    secret,
  });

  test("is session, person and index under keyed hashes, and nothing that verifies", async () => {
    await admin.flushall();
    const token = await rwt.sign({ name: "Ada" }, { subject: "42", expire: 600 });
    const [index = "", person = "", key = "", ...others] = (await admin.keys("*")).sort();
    expect(others).toEqual([]);
    expect(key).toMatch(/^rwt:\{[0-9a-f]{4}\}:s:[\w-]{22}$/);
    expect(await admin.ttl(key)).toBeGreaterThan(590);
    expect(await admin.ttl(key)).toBeLessThanOrEqual(600);
    // Person and index live as long as the session might.
    expect(person).toMatch(/^rwt:\{[0-9a-f]{4}\}:p:[\w-]{16}$/);
    expect(index).toBe(person.replace(":p:", ":i:"));
    for (const each of [person, index]) expect(await admin.ttl(each)).toBeGreaterThan(rwt.maxLifetime - 10);
    const [member, score] = await admin.zrange(index, "0", "-1", "WITHSCORES");
    expect(member).toBe(key.slice(-22));
    expect(Number(score)).toBe((await rwt.verify(token))?.deadline);
    const [value = "", owner = ""] = (await admin.mget(key, person)).map(String);
    expect(value.split("\n").slice(1)).toEqual(['{"sub":"42"}', '{"name":"Ada"}']);
    expect(value.slice(13, 24)).toBe(owner.slice(2, 13));
    // Every eight characters of what follows the clear fields: the masked person, the id and the tag.
    const stored = [key, person, index, value, owner].join(" ");
    const secretPart = token.slice(4 + 18);
    for (let i = 0; i + 8 <= secretPart.length; i++) expect(stored).not.toContain(secretPart.slice(i, i + 8));
  });

  test("is changed by a second sign in nothing but the index: the person's epoch stays", async () => {
    await admin.flushall();
    await rwt.sign(1, { subject: "42" });
    const [person = ""] = await admin.keys("*:p:*");
    const before = await admin.get(person);
    await rwt.sign(2, { subject: "42" });
    expect(await admin.get(person)).toBe(before);
    expect(await admin.zcard(person.replace(":p:", ":i:"))).toBe(2);
  });

  const slots = async () => [...new Set((await admin.keys("*")).map((key) => key.slice(0, 10)))];

  test("one subject's sessions share a slot, others' don't", async () => {
    await admin.flushall();
    await rwt.sign(1, { subject: "one" });
    await rwt.sign(2, { subject: "one" });
    await rwt.sign(3, { subject: "two" });
    expect(await slots()).toHaveLength(2);
  });

  test("sessions without a subject lie in slots of their own", async () => {
    await admin.flushall();
    await Promise.all([1, 2, 3, 4].map((n) => rwt.sign(n)));
    // Two of the 65,536 may be the same; four are not.
    expect((await slots()).length).toBeGreaterThan(1);
  });
});
