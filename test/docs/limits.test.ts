/** What SECURITY.md and README.md say of what goes wrong, and of what isn't promised: tried on a real Redis. */
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { createKeyRing, mintToken, openToken } from "../../src/token/index.ts";
import { atEnd } from "../support/at-end.ts";
import { utf8 } from "../support/bytes.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
const plain = createRwt<string>({ store, secret });
const rwt = plain.with(sessions());
const limited = plain.with(sessions({ maxSessions: 3 }));
const sealed = plain.with(encryption({ acceptPlain: false })).with(sessions());
atEnd(async () => {
  await store.disconnect();
  admin.disconnect();
});

let persons = 0;
const newSubject = (): string => `person ${persons++}`;

/** The keys of a kind (s, p or i) that some work has made. */
async function keysMadeBy(kind: "s" | "p" | "i", work: () => Promise<unknown>): Promise<string[]> {
  const before = new Set(await admin.keys(`rwt:*:${kind}:*`));
  await work();
  return (await admin.keys(`rwt:*:${kind}:*`)).filter((key) => !before.has(key));
}

async function signed(service: typeof plain, data: string, subject: string) {
  const held = { token: "", person: "", index: "" };
  const [session = ""] = await keysMadeBy("s", async () => {
    held.token = await service.sign(data, { subject });
  });
  const slot = session.slice(0, session.indexOf("}") + 1);
  [held.person = ""] = await admin.keys(`${slot.replace("{", "\\{")}:p:*`);
  [held.index = ""] = await admin.keys(`${slot.replace("{", "\\{")}:i:*`);
  return { session, ...held };
}

const valueAt = async (key: string): Promise<string> =>
  (await admin.get(key)) ?? expect.fail(`${key} is gone`);
const dataOf = async (service: typeof plain, token: string | null) => (await service.verify(token))?.data;

describe("a key that is missing ends sessions, and never revives one", () => {
  test("the person's: all of the person's sessions end, and a new sign-in doesn't bring them back", async () => {
    const subject = newSubject();
    const { token, person } = await signed(plain, "old", subject);
    await admin.del(person);
    expect(await plain.verify(token)).toBeNull();
    const fresh = await plain.sign("new", { subject });
    expect(await plain.verify(token)).toBeNull();
    expect(await plain.extend(token)).toBe(false);
    expect(await rwt.rotate(token)).toBeNull();
    expect(await dataOf(plain, fresh)).toBe("new");
  });

  test("the session's: it ends", async () => {
    const { token, session } = await signed(plain, "old", newSubject());
    await admin.del(session);
    expect(await plain.verify(token)).toBeNull();
  });

  test("the index: its sessions live, the list is incomplete until the next sign-ins, and ending all ends them", async () => {
    const subject = newSubject();
    const { token, index } = await signed(plain, "old", subject);
    await admin.del(index);
    expect(await dataOf(plain, token)).toBe("old");
    expect((await rwt.list(subject)).sessions).toEqual([]);
    await plain.sign("new", { subject });
    expect((await rwt.list(subject)).sessions).toHaveLength(1);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await plain.verify(token)).toBeNull();
  });

  test("the index, with maxSessions: the next sign-in ends the others, so that the limit holds", async () => {
    const subject = newSubject();
    const { index } = await signed(limited, "0", subject);
    const tokens = [await limited.sign("1", { subject }), await limited.sign("2", { subject })];
    await admin.del(index);
    const fresh = await limited.sign("3", { subject });
    for (const token of tokens) expect(await limited.verify(token)).toBeNull();
    expect(await dataOf(plain, fresh)).toBe("3");
  });
});

describe("a failover that loses acknowledged writes", () => {
  test("of destroyAll: the lost epoch revives what it had ended", async () => {
    const subject = newSubject();
    const { token, person, session } = await signed(plain, "old", subject);
    const before = [await valueAt(person), await valueAt(session)] as const;
    await rwt.destroyAll(subject);
    expect(await plain.verify(token)).toBeNull();
    // Once it has been cleaned up.
    await expect.poll(() => admin.exists(session)).toBe(0);
    await admin.mset(person, before[0], session, before[1]);
    expect(await dataOf(plain, token)).toBe("old");
  });

  test("of rotate: the new token goes on, in every service", async () => {
    const { token, session } = await signed(plain, "data", newSubject());
    const before = await valueAt(session);
    const next = await rwt.rotate(token);
    await admin.set(session, before, "KEEPTTL");
    expect(await dataOf(plain, next)).toBe("data");
    expect((await valueAt(session)).slice(25, 30)).toBe("00001");
  });
});

test("active-active: of two epochs the later write wins, and the sessions of the other end", async () => {
  const subject = newSubject();
  const here = await signed(plain, "here", subject);
  const epochHere = await valueAt(here.person);
  await admin.del(here.person);
  const there = await plain.sign("there", { subject });
  expect([await dataOf(plain, here.token), await dataOf(plain, there)]).toEqual([undefined, "there"]);
  await admin.set(here.person, epochHere, "KEEPTTL");
  expect([await dataOf(plain, here.token), await dataOf(plain, there)]).toEqual(["here", undefined]);
});

describe("someone who can write to Redis, in spite of encryption", () => {
  test("can revive a session that ended, lower a generation, and put back a single line", async () => {
    const { token, session } = await signed(sealed, "first", newSubject());
    const atSign = await valueAt(session);
    const next = await sealed.rotate(token);
    await sealed.verify(next);
    const [header = "", facts = ""] = (await valueAt(session)).split("\n");
    // The generation of the sign, for which the first token is the present one.
    await admin.set(
      session,
      [`${header.slice(0, 25)}00000${header.slice(30)}`, ...atSign.split("\n").slice(1)].join("\n"),
      "KEEPTTL",
    );
    expect(await dataOf(sealed, token)).toBe("first");
    await sealed.update(token, "second");
    expect(await dataOf(sealed, token)).toBe("second");
    const [present = ""] = (await valueAt(session)).split("\n");
    await admin.set(session, [present, facts, atSign.split("\n")[2]].join("\n"), "KEEPTTL");
    expect(await dataOf(sealed, token)).toBe("first");
    await sealed.destroy(token);
    await admin.set(session, atSign, "EX", 60);
    expect(await dataOf(sealed, token)).toBe("first");
  });

  test("can't move a line to another session or place, or make one up", async () => {
    const subject = newSubject();
    const own = await signed(sealed, "own", subject);
    const other = await signed(sealed, "admin", newSubject());
    const [header = "", facts = "", data = ""] = (await valueAt(own.session)).split("\n");
    const [, otherFacts = "", otherData = ""] = (await valueAt(other.session)).split("\n");
    const forgeries = [
      [header, facts, otherData],
      [header, otherFacts, data],
      [header, otherFacts, otherData],
      [header, facts, facts],
      [header, data, data],
      [header, facts, '"admin"'],
      [header, '{"sub":"admin"}', data],
    ];
    for (const lines of forgeries) {
      await admin.set(own.session, lines.join("\n"), "EX", 60);
      expect(await sealed.verify(own.token)).toBeNull();
    }
    await admin.set(own.session, [header, facts, data].join("\n"), "EX", 60);
    expect(await dataOf(sealed, own.token)).toBe("own");
  });
});

test("someone who has the secret and any token of a session can make its present one; once it is dropped, not", async () => {
  const { token } = await signed(plain, "data", newSubject());
  let present: string | null = token;
  for (let i = 0; i < 12; i++) present = await rwt.rotate(present);
  const [keys] = await createKeyRing([utf8(secret)])();
  const opened = await openToken([keys ?? expect.fail()], token);
  const made = await mintToken(keys ?? expect.fail(), { ...(opened ?? expect.fail()), generation: 12 });
  expect(made).toBe(present);
  expect(await dataOf(plain, made)).toBe("data");
  const after = createRwt({ store, secret: "the secret that comes after it, of 32 bytes or more" });
  expect(await after.verify(made)).toBeNull();
});

test("a full Redis that evicts nothing refuses sign-ins, checks tokens, and still ends sessions, one or all", async () => {
  const subject = newSubject();
  const [one, two] = [await plain.sign("one", { subject }), await plain.sign("two", { subject })];
  await admin.config("SET", "maxmemory", "1mb");
  try {
    await expect(plain.sign("three")).rejects.toMatchObject({ reason: "memory" });
    for (const known of [subject, newSubject()])
      await expect(plain.sign("three", { subject: known })).rejects.toMatchObject({ reason: "memory" });
    await expect(rwt.updateAll(subject, "new")).rejects.toMatchObject({ reason: "memory" });
    expect(await dataOf(plain, two)).toBe("two");
    expect(await plain.destroy(one)).toBe(true);
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect([await plain.verify(one), await plain.verify(two)]).toEqual([null, null]);
  } finally {
    await admin.config("SET", "maxmemory", "0");
  }
});

test("with node-redis's pushes, each slide drops this process's copy of a person's session; extendEvery mends that", async () => {
  for (const [extendEvery, reads] of [
    [0, 20],
    [60, 2],
  ] as const) {
    const options = { cache: { ttl: 60 }, extendEvery };
    const tracking = nodeRedisStore(redis.url, options);
    atEnd(() => tracking.disconnect());
    const sliding = createRwt({ store: tracking, secret, verifyExtendsToken: true });
    const token = await plain.sign("data", { subject: newSubject() });
    const sent = await commandsOf(admin, async () => {
      for (let i = 0; i < 20; i++) expect(await sliding.verify(token)).not.toBeNull();
    });
    expect(sent.mget).toBe(reads);
  }
});

test("a sign-in whose answer was lost is listed until its idle timeout", async () => {
  const subject = newSubject();
  await plain.sign("nobody has this token", { subject, expire: 1 });
  expect((await rwt.list(subject)).sessions).toHaveLength(1);
  await expect.poll(async () => (await rwt.list(subject)).sessions, { timeout: 5000 }).toEqual([]);
});

test("destroyAll is true as long as Redis has the person, with sessions or without", async () => {
  const subject = newSubject();
  expect(await rwt.destroyAll(subject)).toBe(false);
  await plain.destroy(await plain.sign("data", { subject }));
  expect(await rwt.destroyAll(subject)).toBe(true);
  expect(await rwt.updateAll(subject, "new")).toBe(true);
});

test("after destroyAll up to 1,000 ended sessions are removed in the background; the others expire", async () => {
  const subject = newSubject();
  const { index } = await signed(plain, "data", subject);
  await Promise.all(Array.from({ length: 1199 }, () => plain.sign("data", { subject, expire: 60 })));
  await rwt.destroyAll(subject);
  await expect.poll(() => admin.zcard(index), { timeout: 10_000 }).toBe(200);
  const slot = index.slice(0, index.indexOf("}") + 1).replace("{", "\\{");
  const left = await admin.keys(`${slot}:s:*`);
  expect(left.length).toBeGreaterThanOrEqual(200);
  for (const key of left) expect(await admin.ttl(key)).toBeGreaterThan(0);
});
