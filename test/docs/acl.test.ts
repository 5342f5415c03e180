/** docs/operations.md's rights in Redis: with each line a service can do all that the page says, and each right is needed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { RIGHTS } from "../../src/cli/doctor/rights.ts";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const document = readFileSync(join(root, "docs/operations.md"), "utf8");
const secret = "a secret of the tests, 32 bytes or more";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const owner = createRwt({ store: ioredisStore(redis.url), secret }).with(sessions());
atEnd(async () => {
  await owner.disconnect();
  admin.disconnect();
});

/** The rights of a line of the document. */
function rightsOf(user: string): readonly string[] {
  const [, rights = ""] = new RegExp(`^ACL SETUSER ${user} on >password (.*)$`, "m").exec(document) ?? [];
  return rights.split(" ");
}

const commandsIn = (rights: readonly string[]): string[] => rights.filter((right) => right.startsWith("+"));

/** Makes a user with these rights alone, and gives a URL for it. */
async function userWith(rights: readonly string[]): Promise<string> {
  // +info: without it ioredis prints a warning.
  await admin.call("ACL", "SETUSER", "tried", "reset", "on", ">password", "+info", ...rights);
  // So that scripts have to be sent again.
  await admin.script("FLUSH");
  return redis.url.replace("//", "//tried:password@");
}

/** The session key that a sign has just made. */
async function newKey(sign: () => Promise<string>): Promise<{ token: string; key: string }> {
  const before = new Set(await admin.keys("rwt:*:s:*"));
  const token = await sign();
  const key = (await admin.keys("rwt:*:s:*")).find((each) => !before.has(each));
  return { token, key: key ?? expect.fail("no new session") };
}

type Steps = Readonly<Record<string, () => Promise<unknown>>>;

/** Which steps don't do what they should. */
async function failuresOf(steps: Steps): Promise<string[]> {
  const failed: string[] = [];
  for (const [name, run] of Object.entries(steps)) {
    try {
      if (!(await run())) failed.push(name);
    } catch {
      failed.push(name);
    }
  }
  return failed;
}

/** Reuse of a rotated token ends the session: with the time for stragglers over. */
async function alarmRings(rwt: typeof owner, verify: (token: string) => Promise<unknown>): Promise<boolean> {
  const { token, key } = await newKey(() => owner.sign(1, { subject: "stolen" }));
  const next = (await owner.rotate(token)) ?? expect.fail("not rotated");
  if ((await rwt.verify(next)) === null) return false;
  await admin.setrange(key, 44, "0000000000");
  if ((await verify(token)) !== null) return false;
  return (await owner.verify(next)) === null;
}

/** All that a service does. */
function wholeLife(url: string, open: typeof ioredisStore): { steps: Steps; end: () => Promise<void> } {
  const store = open(url, { timeout: 2000 });
  const plain = createRwt({ store, secret }).with(sessions());
  const sliding = createRwt({ store, secret, verifyExtendsToken: true });
  const sealing = createRwt({ store, secret })
    .with(encryption())
    .with(sessions({ maxSessions: 2 }));
  const held: { tokens: string[] } = { tokens: [] };
  const subject = `person ${Math.random()}`;
  const many = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) held.tokens.push(await plain.sign(i, { subject }));
  };
  return {
    steps: {
      connect: async () => {
        await plain.connect();
        return true;
      },
      "sign without a subject": async () => plain.verify(await plain.sign(1)),
      "sliding verify": async () => sliding.verify(await owner.sign(1)),
      extend: async () => plain.extend(await owner.sign(1)),
      "sign with a subject": async () => {
        await many();
        return plain.verify(held.tokens[0]);
      },
      "sliding verify with a subject": () => sliding.verify(held.tokens[0]),
      "verifies of one tick": async () =>
        (await Promise.all(held.tokens.map((token) => sliding.verify(token)))).every(
          (found) => found !== null,
        ),
      list: async () => {
        const { sessions: first, cursor } = await plain.list(subject, { limit: 5 });
        const last = first[4]?.id ?? "";
        const isEnded = await plain.destroyById(subject, last);
        const ids = await Promise.all(held.tokens.map((token) => plain.idOf(token)));
        held.tokens = held.tokens.filter((_, i) => ids[i] !== last);
        const { sessions: others } = await plain.list(subject, { cursor });
        return isEnded && first.length + others.length === 20;
      },
      update: () => plain.update(held.tokens[0], 2),
      updateAll: () => plain.updateAll(subject, 3),
      rotate: async () => plain.verify(await plain.rotate(held.tokens[0])),
      alarm: () => alarmRings(plain, plain.verify),
      destroy: () => plain.destroy(held.tokens[1]),
      destroyAll: () => plain.destroyAll(subject, { except: held.tokens[2] }),
      "encrypted, with a limit": async () => {
        const tokens = [];
        for (let i = 0; i < 4; i++) tokens.push(await sealing.sign(i, { subject: `${subject} sealed` }));
        const found = await Promise.all(tokens.map((token) => sealing.verify(token)));
        return found.filter((session) => session !== null).length === 2;
      },
    },
    end: () => store.disconnect(),
  };
}

async function lifeWith(rights: readonly string[], open = ioredisStore): Promise<string[]> {
  const { steps, end } = wholeLife(await userWith(rights), open);
  try {
    return await failuresOf(steps);
  } finally {
    await end();
  }
}

test.each(["service", "verifier", "operator"] as const)(
  "the rights of a %s are those that the doctor knows",
  (user) => {
    expect(commandsIn(rightsOf(user)).sort()).toEqual(RIGHTS[user].map((name) => `+${name}`).sort());
  },
);

test("the rights that options need are those that the doctor knows", () => {
  for (const name of [...RIGHTS.replicas, ...RIGHTS.tracking, ...RIGHTS.once])
    expect(document).toContain(`+${name}`);
});

describe("a service's rights", () => {
  const rights = rightsOf("service");

  test.each([
    ["ioredis", ioredisStore],
    ["node-redis", nodeRedisStore as typeof ioredisStore],
  ])("are all that it needs, with %s", async (_, open) => {
    expect(commandsIn(rights).length).toBeGreaterThan(15);
    expect(await lifeWith(rights, open)).toEqual([]);
  });

  test.each(commandsIn(rights))("would not do without %s", async (right) => {
    expect(await lifeWith(rights.filter((each) => each !== right))).not.toEqual([]);
  });

  test("don't reach other applications' keys", async () => {
    const user = new Redis(await userWith(rights));
    atEnd(() => user.disconnect());
    await expect(user.get("other:app")).rejects.toThrow("NOPERM");
    await expect(user.flushall()).rejects.toThrow("NOPERM");
    await expect(user.call("EVAL", "return redis.call('GET', 'other:app')", "0")).rejects.toThrow();
  });

  test("with categories in place of names lack TIME, without which no alarm rings, and have FLUSHALL", async () => {
    const categories = ["~rwt:*", "+@read", "+@write", "+@scripting", "+ping"];
    expect(await lifeWith(categories)).toEqual(["alarm"]);
    const user = new Redis(await userWith(categories));
    atEnd(() => user.disconnect());
    expect(await user.flushall()).toBe("OK");
  });

  test("with those of legacy() reach the tokens of 2017", async () => {
    const [, more = ""] = /For `legacy\(\)` add `(~sess:\*)`/.exec(document) ?? [];
    const [, names = ""] = /`(\+hgetall [^`]*)`/.exec(document) ?? [];
    const url = await userWith([...rights, more, ...names.split(" ")]);
    const rwt = createRwt<object>({ store: ioredisStore(url), secret }).with(
      legacy({ prefix: "sess:", upgrade: true }),
    );
    atEnd(() => rwt.disconnect());
    const old = (n: number): string => `abcd-abcd-abcd-abcd-${1000 + n}`;
    for (const n of [1, 2]) {
      const key = Buffer.from(old(n) + secret).toString("base64");
      await admin.hset(`sess:${key}`, { name: "Ada" });
    }
    expect(await rwt.expireOrphans()).toBe(2);
    const session = await rwt.verify(old(1));
    expect(session?.data).toEqual({ name: "Ada" });
    expect((await rwt.verify(session?.newToken))?.data).toEqual({ name: "Ada" });
    expect(await rwt.destroy(old(1))).toBe(true);
    expect(await rwt.destroy(old(2))).toBe(true);
  });
});

describe("a verifier's rights", () => {
  const rights = rightsOf("verifier");

  async function checksWith(given: readonly string[]): Promise<string[]> {
    const rwt = createRwt({ store: ioredisStore(await userWith(given), { timeout: 2000 }), secret });
    const connect = async (): Promise<boolean> => {
      await rwt.connect();
      return true;
    };
    try {
      return await failuresOf({
        connect,
        "without a subject": async () => rwt.verify(await owner.sign(1)),
        "with one": async () => rwt.verify(await owner.sign(1, { subject: "42" })),
        ended: async () => {
          const token = await owner.sign(1, { subject: "43" });
          await owner.destroyAll("43");
          return (await rwt.verify(token)) === null;
        },
        "first use": async () => {
          const { token, key } = await newKey(() => owner.sign(1));
          await rwt.verify(await owner.rotate(token));
          return (await admin.getrange(key, 31, 31)) === "1";
        },
        alarm: () => alarmRings({ ...owner, verify: rwt.verify }, rwt.verify),
      });
    } finally {
      await rwt.disconnect();
    }
  }

  test("are all that it needs", async () => expect(await checksWith(rights)).toEqual([]));

  test.each(commandsIn(rights))("would not do without %s", async (right) => {
    expect(await checksWith(rights.filter((each) => each !== right))).not.toEqual([]);
  });

  test("that only read check tokens, and let nobody in by one that was rotated away", async () => {
    const failed = await checksWith(["~rwt:*", "+ping", "+get", "+mget"]);
    expect(failed).toEqual(["first use", "alarm"]);
    const rwt = createRwt({ store: ioredisStore(redis.url.replace("//", "//tried:password@")), secret });
    atEnd(() => rwt.disconnect());
    const token = await owner.sign(1, { subject: "42" });
    await owner.verify(await owner.rotate(token));
    const error = await rwt.verify(token).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({ reason: "auth" });
  });
});
