import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { command, query, TOUCHES, WRITES } from "../../src/redis/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { redisKeysOf } from "../token/stored.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const secret = "a secret of the tests, 32 bytes or more";
/** Longer than any test takes. */
const cache = { ttl: 600 };
const elsewhere = createRwt({ store: ioredisStore(admin), secret });

describe("a person's sessions through a store with a cache", () => {
  const store = ioredisStore(redis.url, { cache });
  const rwt = createRwt({ store, secret }).with(sessions());
  atEnd(() => rwt.disconnect());
  const signed = async (subject: string) => {
    const tokens = [await rwt.sign({ v: 1 }, { subject }), await rwt.sign({ v: 1 }, { subject })] as const;
    for (const token of tokens) await rwt.verify(token);
    return tokens;
  };
  const dataOf = async (token: string | null) => (await rwt.verify(token))?.data;

  test("destroyAll, destroyById, destroy, update, updateAll and rotate are seen at once", async () => {
    const [first, second] = await signed("a");
    await rwt.update(first, { v: 2 });
    expect(await dataOf(first)).toEqual({ v: 2 });
    await rwt.updateAll("a", { v: 3 });
    for (const token of [first, second]) expect(await dataOf(token)).toEqual({ v: 3 });
    const rotated = await rwt.rotate(first);
    // Its first use ends the generation before.
    expect(await dataOf(rotated)).toEqual({ v: 3 });
    expect(await dataOf(first)).toBeUndefined();
    await rwt.destroy(second);
    expect(await dataOf(second)).toBeUndefined();
    await rwt.destroyById("a", (await rwt.idOf(rotated)) ?? "");
    expect(await dataOf(rotated)).toBeUndefined();
    const [third, fourth] = await signed("a");
    await rwt.destroyAll("a", { except: third });
    expect([await dataOf(third), await dataOf(fourth)]).toEqual([{ v: 1 }, undefined]);
    await rwt.destroyAll("a");
    expect(await dataOf(third)).toBeUndefined();
  });

  test("a strict rotation ends the old token at once", async () => {
    const [token] = await signed("b");
    const strict = await rwt.rotate(token, { retry: false });
    expect(await dataOf(token)).toBeUndefined();
    expect(await dataOf(strict)).toEqual({ v: 1 });
  });

  /** How many commands it takes to answer for these tokens. */
  const costOf = async (tokens: readonly string[]) => {
    const sent = await commandsOf(admin, async () => {
      for (const token of tokens) await rwt.verify(token);
    });
    return Object.values(sent).reduce((sum, calls) => sum + calls, 0);
  };

  test("a write of a person's key drops all of the person's sessions, and nobody else's", async () => {
    const [tokens, others] = [await signed("c"), await signed("d")];
    expect(await costOf([...tokens, ...others])).toBe(0);
    const { person = "" } = await redisKeysOf(secret, tokens[0]);
    await store.run(command("PERSIST", [person], [], WRITES));
    expect(await costOf(others)).toBe(0);
    expect(await costOf(tokens)).toBe(2);
    await store.run(command("EXPIRE", [person], ["600"], TOUCHES));
    expect(await costOf(tokens)).toBe(2);
    await store.run(command("DEL", [person]));
    for (const token of tokens) expect(await dataOf(token)).toBeUndefined();
  });

  test.each([
    ["DEL", (key: string) => command("DEL", [key], [], WRITES)],
    ["UNLINK, of which nothing was told", (key: string) => command("UNLINK", [key])],
    ["SET to something else", (key: string) => command("SET", [key], ["2 later", "EX", "60"], WRITES)],
  ])("the public run drops a session: %s", async (_, end) => {
    const alone = await rwt.sign("alone");
    const [owned] = await signed("e");
    for (const token of [alone, owned]) {
      expect(await rwt.verify(token)).not.toBeNull();
      const { session } = await redisKeysOf(secret, token);
      await store.run(end(session));
      expect(await rwt.verify(token)).toBeNull();
    }
  });

  test("runAll drops what it writes, and a read drops nothing", async () => {
    const token = await rwt.sign("alone");
    await rwt.verify(token);
    const { session } = await redisKeysOf(secret, token);
    await store.run(query("OBJECT ENCODING", [session]));
    await store.runAll([query("TTL", [session]), query("STRLEN", [session])]);
    expect(await costOf([token])).toBe(0);
    await store.runAll([query("TTL", [session]), command("DEL", [session])]);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("a write that fails drops too: nobody knows whether it was done", async () => {
    const token = await rwt.sign("alone");
    await rwt.verify(token);
    const { session } = await redisKeysOf(secret, token);
    await expect(store.run(command("LPUSH", [session], ["x"]))).rejects.toMatchObject({ reason: "server" });
    expect(await costOf([token])).toBe(1);
  });
});

describe("client tracking, with a client of node-redis that the library makes", () => {
  const store = nodeRedisStore(redis.url, { cache });
  const rwt = createRwt({ store, secret });
  atEnd(() => rwt.disconnect());
  const isIn = async (token: string) => (await rwt.verify(token)) !== null;

  test("what another process ends is out as soon as Redis says so", async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => rwt.sign(i)));
    for (const token of tokens) await rwt.verify(token);
    expect(await commandsOf(admin, () => Promise.all(tokens.map(isIn)))).toEqual({});
    for (const token of tokens) {
      await elsewhere.destroy(token);
      await expect.poll(() => isIn(token)).toBe(false);
    }
  });

  test("a lost connection lets all go, since it may have missed something", async () => {
    const token = await rwt.sign(1);
    await rwt.verify(token);
    const [, id] = /id=(\d+)[^\n]*cmd=(?:get|mget)/.exec(String(await admin.client("LIST"))) ?? [];
    expect(await isIn(token)).toBe(true);
    await admin.client("KILL", "ID", Number(id));
    await elsewhere.destroy(token);
    await expect.poll(() => isIn(token).catch(() => true)).toBe(false);
  });
});

test("where Redis refuses tracking, sessions are kept for the ttl alone, and onUntracked is told once", async () => {
  const denied = await ownRedis({ args: ["--rename-command", "CLIENT", ""] });
  let told = 0;
  const store = nodeRedisStore(denied.url, { cache: { ...cache, onUntracked: () => told++ } });
  await using rwt = createRwt({ store, secret });
  const token = await rwt.sign(1);
  expect(await rwt.verify(token)).toMatchObject({ data: 1 });
  expect(await rwt.verify(token)).toMatchObject({ data: 1 });
  expect(told).toBe(1);
});
