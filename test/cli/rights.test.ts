/** The rights that the doctor advises, tries and names: enough for all that a service does, and nothing beside it. */
import { Redis } from "ioredis";
import { beforeEach, describe, expect, test } from "vitest";
import { tryOperations } from "../../src/cli/doctor/operations.ts";
import { RIGHTS } from "../../src/cli/doctor/rights.ts";
import { createRwt } from "../../src/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { examine } from "./examination.ts";

const redis = await ownRedis({ args: ["--appendonly", "yes"] });
const admin = new Redis(redis.url);
atEnd(() => admin.disconnect());
beforeEach(() => void admin.flushall());

const secret = "a secret of the tests, 32 bytes or more";
const urlOf = (user: string): string => redis.url.replace("//", `//${user}:password@`);

/** Makes a user with these rights alone. */
async function userWith(user: string, rights: readonly string[]): Promise<string> {
  await admin.call("ACL", "SETUSER", user, "reset", "on", ">password", ...rights);
  await admin.script("FLUSH");
  return urlOf(user);
}

/** The rights that the doctor advises a user that has none. */
async function advised(args: readonly string[] = []): Promise<string[]> {
  const { said } = await examine({ REDIS_URL: await userWith("bare", ["+ping"]) }, args);
  const [, line = ""] = / ACL SETUSER <user> (.*)$/.exec(said("commands")) ?? [];
  return line.split(" ");
}

test("are printed as one line of commands by name, on the prefix's keys, with TIME", async () => {
  const [keys, ...commands] = await advised();
  expect(keys).toBe("~rwt:*");
  const names = [...RIGHTS.service, ...RIGHTS.replicas, ...RIGHTS.tracking, ...RIGHTS.once];
  expect(commands).toEqual(names.map((name) => `+${name}`));
  expect(commands).toContain("+time");
  expect(commands.join()).not.toContain("@");
});

test.each([
  ["app:", "~app:*"],
  ["a*b?[c]:", "~a\\*b\\?\\[c\\]:*"],
  ["my app:", '"~my', 'app:*"'],
])("name the keys of the prefix %s alone, as redis-cli reads them", async (prefix, ...keys) => {
  expect((await advised(["--prefix", prefix])).slice(0, keys.length)).toEqual(
    keys.map((key) => (key.startsWith("~a*") || key.includes("\\*b") ? JSON.stringify(key) : key)),
  );
});

describe("a user with the advised line", async () => {
  const url = await userWith("advised", await advised());

  test("passes", async () => {
    const report = await examine({ REDIS_URL: url });
    expect(report).toMatchObject({ code: 0, notOk: {} });
    expect(report.said("commands")).toBe("every operation of a service works → ");
  });

  test.each([
    ["FLUSHALL"],
    ["FLUSHDB"],
    ["KEYS", "*"],
    ["SCAN", "0"],
    ["RANDOMKEY"],
    ["SWAPDB", "1", "2"],
    ["SCRIPT", "FLUSH"],
    ["SCRIPT", "KILL"],
    ["CONFIG", "GET", "*"],
    ["CLIENT", "LIST"],
    ["ACL", "LIST"],
    ["GET", "other:app"],
    ["EVAL", "return redis.call('GET', 'other:app')", "0"],
    ["EVAL", "return redis.call('FLUSHALL')", "0"],
  ])("may not %s %s", async (name, ...words) => {
    await admin.set("other:app", "1");
    const user = new Redis(url);
    atEnd(() => user.disconnect());
    await expect(user.call(name, ...words)).rejects.toThrow(/NOPERM|can't (run|access)|acl failure/i);
    expect(await admin.get("other:app")).toBe("1");
  });

  const stores = [
    ["ioredis", () => ioredisStore(url, { timeout: 2000 })],
    ["node-redis", () => nodeRedisStore(url, { timeout: 2000 })],
    ["node-redis with a cache", () => nodeRedisStore(url, { timeout: 2000, cache: { ttl: 60 } })],
  ] as const;

  test.each(stores)("lives a service's whole life, over %s", async (_, open) => {
    const store = open();
    atEnd(() => store.disconnect());
    expect(await tryOperations(store, "rwt:")).toEqual([]);
  });

  test("hears of changes at once, with node-redis's cache", async () => {
    const store = nodeRedisStore(url, { timeout: 2000, cache: { ttl: 60 } });
    atEnd(() => store.disconnect());
    const [rwt, owner] = [store, ioredisStore(redis.url)].map((each) => createRwt({ store: each, secret }));
    const token = (await owner?.sign(1)) ?? "";
    expect(await rwt?.verify(token)).toMatchObject({ data: 1 });
    await owner?.destroy(token);
    await expect.poll(() => rwt?.verify(token)).toBeNull();
    await owner?.disconnect();
  });

  test("waits for replicas, of all that there are", async () => {
    const replica = await ownRedis({ args: ["--replicaof", "127.0.0.1", String(redis.port)] });
    await expect.poll(() => admin.info("replication"), { timeout: 15_000 }).toMatch(/slave0:.*state=online/);
    for (const replicas of [1, "all"] as const) {
      const store = ioredisStore(url, { timeout: 5000, replicas });
      const rwt = createRwt({ store, secret }).with(sessions());
      expect(await rwt.verify(await rwt.sign(1, { subject: "ada" }))).toMatchObject({ data: 1 });
      expect(await rwt.destroyAll("ada")).toBe(true);
      await rwt.disconnect();
    }
    await replica.stop();
  }, 30_000);
});

test("of an operator are enough for all that the doctor asks", async () => {
  const rights = ["~rwt:*", ...RIGHTS.operator.map((name) => `+${name}`)];
  const report = await examine({ REDIS_URL: await userWith("operator", rights) }, ["--strict"]);
  expect(report).toMatchObject({ code: 0, notOk: {} });
});

test("in a database of its own include SELECT", async () => {
  await userWith("bare", ["+ping", "+select"]);
  const { said } = await examine({ REDIS_URL: `${urlOf("bare")}/3` });
  expect(said("commands")).toContain(" +select ");
});

test("are each used by the life that the doctor lives, and so is each script; nothing else is", async () => {
  await admin.config("RESETSTAT");
  await admin.script("FLUSH");
  const monitor = await admin.monitor();
  const digests = new Set<string>();
  monitor.on("monitor", (_, [name = "", digest = ""]: string[]) => {
    if (/^evalsha$/i.test(name)) digests.add(digest);
  });
  const store = ioredisStore(redis.url);
  expect(await tryOperations(store, "rwt:")).toEqual([]);
  await store.connect();
  await store.disconnect();
  await expect.poll(() => digests.size).toBeGreaterThan(5);
  monitor.disconnect();
  const stats = await admin.info("commandstats");
  const used = [...stats.matchAll(/^cmdstat_([a-z]+):/gm)].map(([, name]) => name);
  const others = [
    "config",
    "config|resetstat",
    "info",
    "script",
    "monitor",
    "hello",
    "auth",
    "quit",
    "flushall",
  ];
  expect(used.filter((name) => name !== undefined && !others.includes(name)).sort()).toEqual(
    [...RIGHTS.service].sort(),
  );
  const scripts = Object.entries(SCRIPTS).filter(
    // Of features that a service may lack: docs/one-time-tokens.md and docs/migrating say what rights they need.
    ([name]) => !name.startsWith("legacy") && name !== "once",
  );
  expect(scripts.filter(([, { sha1 }]) => !digests.has(sha1)).map(([name]) => name)).toEqual([]);
});
