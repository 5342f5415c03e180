import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const entry = (key: string, ttl = 60) => ({ key, value: `{"of":"${key}"}`, ttl });
const keysIn = async (store: ReturnType<typeof memoryStore>, keys: string[]) => {
  const values = await Promise.all(keys.map((key) => store.read(key)));
  return keys.filter((_, i) => values[i] !== null);
};

test("holds so many entries and no more: the oldest go", async () => {
  const store = memoryStore({ maxEntries: 3 });
  for (const key of ["a", "b", "c", "d", "e"]) expect(await store.create(entry(key))).toBe(true);
  expect(await keysIn(store, ["a", "b", "c", "d", "e"])).toEqual(["c", "d", "e"]);
});

test("lets the dead go before the living, however old these are", async () => {
  let now = 1000;
  const store = memoryStore({ maxEntries: 3, now: () => now });
  await store.create(entry("old and living", 600));
  await store.create(entry("brief", 1));
  await store.create(entry("living", 600));
  now += 2;
  await store.create(entry("new", 600));
  expect(await keysIn(store, ["old and living", "living", "new"])).toHaveLength(3);
});

test("an entry is over at its very end", async () => {
  let now = 1000;
  const store = memoryStore({ now: () => now });
  await store.create(entry("k", 10));
  now = 1009.9;
  expect(await store.read("k")).not.toBeNull();
  now = 1010;
  expect(await store.read("k")).toBeNull();
});

test("a full store logs users out, and says so to nobody as an error", async () => {
  const rwt = createRwt({ store: memoryStore({ maxEntries: 1 }), secret: "s".repeat(32) });
  const [first, second] = [await rwt.sign(1), await rwt.sign(2)];
  expect(await rwt.verify(first)).toBeNull();
  expect((await rwt.verify(second))?.data).toBe(2);
});
