import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { command, query, WRITES } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const put = (store: TokenStore, key: string, seconds = 60) =>
  store.run(command("SET", [key], [`of ${key}`, "EX", String(seconds)], WRITES));

async function keysIn(store: TokenStore, keys: readonly string[]): Promise<string[]> {
  const values = (await store.run(query("MGET", keys))) as (string | null)[];
  return keys.filter((_, i) => values[i] !== null);
}

describe("a bounded store", () => {
  test("holds so many entries and no more: the oldest go", async () => {
    const store = memoryStore({ maxEntries: 3 });
    for (const key of ["a", "b", "c", "d", "e"]) await put(store, key);
    expect(await keysIn(store, ["a", "b", "c", "d", "e"])).toEqual(["c", "d", "e"]);
  });

  test("drops the dead before the living, however old these are", async () => {
    let now = 1000;
    const store = memoryStore({ maxEntries: 3, now: () => now });
    await put(store, "old and living", 600);
    await put(store, "brief", 1);
    await put(store, "living", 600);
    now += 2;
    await put(store, "new", 600);
    expect(await keysIn(store, ["old and living", "living", "new"])).toHaveLength(3);
  });

  test("logs users out when it is full, and says so to nobody as an error", async () => {
    const rwt = createRwt({ store: memoryStore({ maxEntries: 3 }), secret: "s".repeat(32) });
    const tokens: string[] = [];
    for (let i = 0; i < 4; i++) tokens.push(await rwt.sign(i));
    const found = await Promise.all(tokens.map(async (token) => (await rwt.verify(token))?.data));
    expect(found).toEqual([undefined, 1, 2, 3]);
  });

  test("keeps what is in use, a person whose key is only ever read too", async () => {
    const store = memoryStore({ maxEntries: 8 });
    const rwt = createRwt({ store, secret: "s".repeat(32) });
    const token = await rwt.sign("in use", { subject: "Ada" });
    for (let i = 0; i < 50; i++) {
      await rwt.sign(i);
      expect((await rwt.verify(token))?.data).toBe("in use");
    }
    // Found by the fuzzer: the sign's own session pushed its person out.
    for (let i = 0; i < 50; i++) {
      const another = await rwt.sign(i, { subject: "Ada" });
      expect((await rwt.verify(another))?.data).toBe(i);
      for (const key of ["a", "b", "c", "d"]) await put(store, `${key}${i}`);
    }
  });

  test("lets nobody in whose person it has dropped", async () => {
    const store = memoryStore({ maxEntries: 4 });
    const rwt = createRwt({ store, secret: "s".repeat(32) });
    const token = await rwt.sign(1, { subject: "Ada" });
    for (const key of ["a", "b", "c"]) await put(store, key);
    expect(await rwt.verify(token)).toBeNull();
    // Session or person may be what is left.
    expect(await rwt.extend(token)).toBe(false);
  });
});

test("an entry is over at its very end", async () => {
  let now = 1000;
  const store = memoryStore({ now: () => now });
  await put(store, "k", 10);
  now = 1009.9;
  expect(await store.read({ session: "k" })).toEqual({ session: "of k" });
  now = 1010;
  expect(await store.read({ session: "k" })).toEqual({ session: null });
});

test("what it doesn't know it refuses as Redis would, with its own kind of error", async () => {
  const store = memoryStore();
  for (const name of ["HGETALL", "nonsense", "constructor", "__proto__"])
    await expect(store.run(command(name, ["k"]))).rejects.toMatchObject({
      code: "ERR_RWT_STORE_UNAVAILABLE",
      reason: "server",
    });
});
