import { afterEach, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";
import { spyOnMacs } from "../support/native-crypto.ts";

const secret = "a secret of the tests, 32 bytes or more";
const spy = spyOnMacs();
afterEach(() => void spy.mockClear());

const macsOf = async (work: () => Promise<unknown>): Promise<number> => {
  spy.mockClear();
  await work();
  return spy.macs();
};

test("a token takes two MACs, and none when it is memoized; a forged one takes one each time", async () => {
  const rwt = createRwt({ store: memoryStore(), secret });
  const token = await rwt.sign("Ada");
  expect(await macsOf(() => rwt.verify(token))).toBe(2);
  for (const call of [rwt.verify, rwt.extend, rwt.destroy]) expect(await macsOf(() => call(token))).toBe(0);
  for (let i = 0; i < 2; i++) expect(await macsOf(() => rwt.verify(forged(token)))).toBe(1);
});

test("whether its session lives is asked each time, and so is the clock", async () => {
  let now = 1_800_000_000;
  const store = memoryStore({ now: () => now });
  const rwt = createRwt({ store, secret, maxLifetime: 60, now: () => now });
  const [token, other] = [await rwt.sign("Ada"), await rwt.sign("Grace")];
  for (const each of [token, other]) expect(await rwt.verify(each)).not.toBeNull();
  await createRwt({ store, secret, now: () => now }).destroy(token);
  expect(await rwt.verify(token)).toBeNull();
  now += 60;
  expect(await rwt.verify(other)).toBeNull();
});

test("a dead token isn't memoized, so that it doesn't evict live ones", async () => {
  let now = 1_800_000_000;
  const rwt = createRwt({ store: memoryStore({ now: () => now }), secret, maxLifetime: 60, now: () => now });
  const dead = await rwt.sign("Ada");
  now += 60;
  for (let i = 0; i < 2; i++) expect(await macsOf(() => rwt.verify(dead))).toBe(2);
});

test("services with different secrets don't share memoized tokens", async () => {
  const store = memoryStore();
  const token = await createRwt({ store, secret }).sign("Ada");
  const other = createRwt({ store, secret: secret.toUpperCase() });
  for (let i = 0; i < 2; i++) expect(await other.verify(token)).toBeNull();
});

test("at most 100,000 tokens are memoized", async () => {
  const rwt = createRwt({ store: memoryStore({ maxEntries: 30_000 }), secret });
  const tokens: string[] = [];
  while (tokens.length < 100_001) {
    tokens.push(...(await Promise.all(Array.from({ length: 73 }, () => rwt.sign(1)))));
  }
  tokens.length = 100_001;
  for (const token of tokens.slice(0, -1)) await rwt.verify(token);
  expect(await macsOf(() => rwt.verify(tokens[0]))).toBe(0);
  await rwt.verify(tokens.at(-1));
  expect(await macsOf(() => rwt.verify(tokens.at(-1)))).toBe(0);
  expect(await macsOf(() => rwt.verify(tokens[0]))).toBe(2);
}, 60_000);

test("a promise instead of a token is an error that says what to do, in every method", async () => {
  const rwt = createRwt({ store: memoryStore(), secret });
  const promise = rwt.sign("Ada");
  for (const call of [rwt.verify, rwt.extend, rwt.destroy])
    await expect(call(promise as never)).rejects.toMatchObject({
      code: "ERR_RWT_OPTION_TYPE",
      option: "token",
      message: expect.stringContaining("await"),
    });
  expect(await rwt.verify(await promise)).not.toBeNull();
});
