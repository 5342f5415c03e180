/** What one-time tokens send to a real Redis, and what lies there. */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createOnce, type OnceOptions } from "../../src/once/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { wrong } from "../conformance/once-context.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { monitored, sentIn } from "../support/monitor.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const rest = await ownRest(redis);
const kinds = storeKinds(redis, rest);
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
atEnd(async () => {
  admin.disconnect();
  await store.disconnect();
});
const serviceOf = (options: Partial<OnceOptions> = {}) =>
  createOnce({ store, secret, purpose: "tests", expire: 60, ...options });
const once = serviceOf();

afterEach(async () => {
  for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  await admin.flushall();
});

describe("commands, counted by MONITOR", () => {
  /** The names of the commands that clients sent. Scripts are known to Redis already. */
  async function namesOf(work: () => Promise<unknown>): Promise<string[]> {
    return sentIn(await monitored(admin, work)).map(([name = ""]) => name);
  }

  test("issue takes one, peek one, consume one, and whatever is forged or expired none", async () => {
    const token = await once.issue(1, { subject: "42" });
    const expired = await serviceOf({ now: () => Date.now() / 1000 - 61 }).issue(1);
    expect(await namesOf(() => once.issue(1, { subject: "42" }))).toEqual(["SET"]);
    expect(await namesOf(() => once.peek(token))).toEqual(["GET"]);
    expect(await namesOf(() => once.consume(token))).toEqual(["GETDEL"]);
    const others = [forged(token), expired, `rwt_${token.slice(5)}`, ""];
    const all = async () => {
      for (const text of others) for (const call of [once.peek, once.consume]) await call(text);
      await serviceOf({ purpose: "others" }).consume(token);
    };
    expect(await namesOf(all)).toEqual([]);
  });

  test("a token that newer ones replace takes one too, a script to consume it", async () => {
    const issue = () => once.issue(1, { subject: "42", replaces: true });
    await once.consume(await issue());
    expect(await namesOf(issue)).toEqual(["SET"]);
    const token = await issue();
    expect(await namesOf(() => once.peek(token))).toEqual(["GET"]);
    expect(await namesOf(() => once.consume(token))).toEqual(["EVALSHA"]);
  });

  test("issueCode, consumeCode and revokeAll take one each, and what isn't a code takes none", async () => {
    const issue = () => once.issueCode({ subject: "42", data: 1 });
    await once.consumeCode("42", await issue());
    expect(await namesOf(issue)).toEqual(["SET"]);
    const code = await issue();
    expect(await namesOf(() => once.consumeCode("42", "12345"))).toEqual([]);
    expect(await namesOf(() => once.consumeCode("42", wrong(code)))).toEqual(["EVALSHA"]);
    expect(await namesOf(() => once.consumeCode("42", code))).toEqual(["EVALSHA"]);
    expect(await namesOf(() => once.revokeAll("42"))).toEqual(["DEL"]);
  });

  test("with two secrets, a replacing issue removes what the older one holds", async () => {
    const ring = serviceOf({ secret: [secret, "the secret before that, 32 bytes or more"] });
    expect(await namesOf(() => ring.issue(1))).toEqual(["SET"]);
    expect(await namesOf(() => ring.issue(1, { subject: "42", replaces: true }))).toEqual(["SET", "DEL"]);
    expect(await namesOf(() => ring.issueCode({ subject: "42", data: 1 }))).toEqual(["SET", "DEL"]);
  });
});

test("Redis holds neither tokens nor codes, but data and subject as plain text", async () => {
  const token = await once.issue({ next: "/inbox" }, { subject: "ada@example.org" });
  const code = await once.issueCode({ subject: "ada@example.org", data: "sign-in" });
  const dump: string[] = [];
  for (const key of await admin.keys("*")) dump.push(key, (await admin.get(key)) ?? "");
  expect(dump).toHaveLength(4);
  const text = dump.join("\n");
  expect(text).toContain('{"sub":"ada@example.org","data":{"next":"/inbox"}}');
  expect(text).not.toContain(code);
  // Nor any part of the token that could be guessed from: its id and its tag.
  for (let at = 5; at + 8 <= token.length; at++) expect(text).not.toContain(token.slice(at, at + 8));
});

describe("a key that is gone or isn't one of ours", () => {
  const keyOf = async (): Promise<string> => (await admin.keys("*"))[0] ?? expect.fail("no key");

  test.each([false, true])("evicted: null, and nothing comes back (replaces: %s)", async (replaces) => {
    const token = await once.issue(1, { subject: "42", replaces });
    await admin.del(await keyOf());
    expect([await once.peek(token), await once.consume(token)]).toEqual([null, null]);
    const code = await once.issueCode({ subject: "42", data: 1 });
    await admin.del(await keyOf());
    expect(await once.consumeCode("42", code)).toBeNull();
    expect(await admin.keys("*")).toEqual([]);
  });

  test.each([false, true])(
    "another version: null, and it stays for a newer service (replaces: %s)",
    async (replaces) => {
      const token = await once.issue(1, { subject: "42", replaces });
      await admin.set(await keyOf(), "2 something newer", "EX", 60);
      expect(await once.peek(token)).toBeNull();
      if (!replaces) return;
      expect(await once.consume(token)).toBeNull();
      expect(await admin.keys("*")).toHaveLength(1);
    },
  );

  test.each(["", "OK", "1 x", "null"])("%j is no answer", async (value) => {
    for (const replaces of [false, true]) {
      const token = await once.issue(1, { subject: "42", replaces });
      const key = await keyOf();
      await admin.set(key, value, "EX", 60);
      await expect(once.peek(token)).rejects.toMatchObject({ reason: "reply" });
      if (value !== "") await expect(once.consume(token)).rejects.toMatchObject({ reason: "reply" });
      await admin.del(key);
    }
    const code = await once.issueCode({ subject: "42", data: 1 });
    await admin.set(await keyOf(), value, "EX", 60);
    if (value !== "") await expect(once.consumeCode("42", code)).rejects.toMatchObject({ reason: "reply" });
  });

  test("a value whose JSON was cut is no answer", async () => {
    const token = await once.issue({ a: 1 });
    const key = await keyOf();
    const value = (await admin.get(key)) ?? "";
    for (const cut of [value.slice(0, -2), value.split("\n")[0] ?? "", `${value.split("\n")[0]}\n[]`]) {
      await admin.set(key, cut, "EX", 60);
      await expect(once.peek(token)).rejects.toMatchObject({ reason: "reply" });
    }
  });

  test("another token's value isn't this one's", async () => {
    const token = await once.issue("mine");
    const key = await keyOf();
    await once.issue("theirs");
    const other = (await admin.keys("*")).find((each) => each !== key) ?? "";
    await admin.copy(other, key, "REPLACE");
    expect(await once.peek(token)).toBeNull();
  });

  test("a further field on line 1 and a further line are ignored", async () => {
    const token = await once.issue(1, { subject: "42", replaces: true });
    const key = await keyOf();
    const [header = "", json = ""] = ((await admin.get(key)) ?? "").split("\n");
    await admin.set(key, `${header} more\n${json}\nmore`, "EX", 60);
    expect((await once.consume(token))?.data).toBe(1);
  });
});

test("of racers over every client at once, one consumes the token, and one the code", async () => {
  const services = kinds.map(({ open }) => serviceOf({ store: open() }));
  for (const service of services) await service.peek(await service.issue(0));
  const race = async (call: (service: (typeof services)[number]) => Promise<{ data: unknown } | null>) => {
    const calls = Array.from({ length: 35 }, () => services.map(call)).flat();
    return (await Promise.all(calls)).filter((found) => found !== null);
  };
  const token = await once.issue("plain");
  expect(await race((service) => service.consume(token))).toMatchObject([{ data: "plain" }]);
  const replaceable = await once.issue("replaceable", { subject: "42", replaces: true });
  expect(await race((service) => service.consume(replaceable))).toMatchObject([{ data: "replaceable" }]);
  const code = await once.issueCode({ subject: "42", data: "code" });
  expect(await race((service) => service.consumeCode("42", code))).toMatchObject([{ data: "code" }]);
});

test("of a newer token and the consuming of the older one at once, the newer one always stays", async () => {
  const other = serviceOf({ store: kinds[0]?.open() ?? expect.fail() });
  for (let i = 0; i < 50; i++) {
    const older = await once.issue("older", { subject: "42", replaces: true });
    const [newer] = await Promise.all([
      once.issue("newer", { subject: "42", replaces: true }),
      other.consume(older),
    ]);
    expect((await other.consume(newer))?.data).toBe("newer");
    expect(await once.consume(older)).toBeNull();
  }
});
