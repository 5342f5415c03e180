import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { conformance } from "../conformance/cases.ts";
import { createTimeMachine } from "../conformance/time-machine.ts";
import { redisKeysOf, valueAt } from "../token/stored.ts";
import { opened, SEALED, secret } from "./opened.ts";

const older = "the secret before that, 32 bytes or more";
const user = { id: "42", name: "Zoë 🎟" };

describe("a service with encryption does everything that one without does", () => {
  const clock = createTimeMachine();
  const store = memoryStore({ now: clock.now });
  const encrypted: typeof createRwt = (options) => createRwt(options).with(encryption()) as never;
  for (const { name, run } of conformance) {
    test(name, () => run({ createRwt: encrypted, openStore: () => store, ...clock }));
  }
});

test("verify returns what was signed, and the store contains only encrypted lines", async () => {
  const { rwt, lines } = opened();
  const options = { subject: "zoë@example.org", meta: { device: "iPad" } };
  for (const data of [user, false, 0, "", null, [], { deep: [{}] }, "\ufeffx", "x".repeat(1_000_000)]) {
    const token = await rwt.sign(data, options);
    expect(await rwt.verify(token)).toMatchObject({ data, ...options });
    const [, facts, own, ...others] = await lines(token);
    for (const line of [facts, own]) expect(line).toMatch(SEALED);
    expect(others).toEqual([]);
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  }
});

test("no two of 10,000 lines have the same IV", async () => {
  const { rwt, lines } = opened();
  const tokens: string[] = [];
  for (let i = 0; i < 50; i++)
    tokens.push(...(await Promise.all(Array.from({ length: 100 }, () => rwt.sign(user)))));
  const ivs = new Set<string>();
  for (const token of tokens) for (const line of (await lines(token)).slice(1)) ivs.add(line.slice(3, 19));
  expect(ivs.size).toBe(10_000);
});

test("turning encryption on and adding a new secret logs nobody out; removing the old secret ends its sessions", async () => {
  const store = memoryStore();
  const dataLine = async (of: string, token: string) => {
    const { session } = await redisKeysOf(of, token);
    return (await valueAt(store, session))?.split("\n")[2];
  };
  const plain = createRwt({ store, secret: older });
  const first = await plain.sign(1);
  expect(await dataLine(older, first)).toBe("1");

  const decrypting = plain.with(encryption({ encrypt: false }));
  expect(await dataLine(older, await decrypting.sign(0))).toBe("0");

  const encrypted = plain.with(encryption());
  const second = await encrypted.sign(2);
  expect(await dataLine(older, second)).toMatch(SEALED);
  for (const rwt of [decrypting, encrypted]) {
    expect((await rwt.verify(first))?.data).toBe(1);
    expect((await rwt.verify(second))?.data).toBe(2);
  }
  // A service without encryption doesn't take this for a logout.
  await expect(plain.verify(second)).rejects.toMatchObject({
    code: "ERR_RWT_STORE_UNAVAILABLE",
    reason: "encrypted",
  });

  const changing = createRwt({ store, secret: [secret, older] }).with(encryption());
  const third = await changing.sign(3);
  const all = [first, second, third];
  expect(await Promise.all(all.map(async (token) => (await changing.verify(token))?.data))).toEqual([
    1, 2, 3,
  ]);

  const retired = createRwt({ store, secret }).with(encryption({ acceptPlain: false }));
  expect(await Promise.all(all.map(async (token) => (await retired.verify(token))?.data))).toEqual([
    undefined,
    undefined,
    3,
  ]);
});

describe("a service without encryption", () => {
  test("can't replace encrypted data with plain data, and changes nothing", async () => {
    const { store, rwt, plain } = opened();
    const token = await rwt.sign(user, { subject: "Ada" });
    const redis = await redisKeysOf(secret, token);
    const stored = () => Promise.all([redis.session, redis.person ?? ""].map((key) => valueAt(store, key)));
    const before = await stored();
    const encrypted = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "encrypted" };
    await expect(plain.update(token, 1)).rejects.toMatchObject(encrypted);
    await expect(plain.update(token, () => 1)).rejects.toMatchObject(encrypted);
    await expect(plain.updateAll("Ada", 1)).rejects.toMatchObject(encrypted);
    await expect(plain.verify(token)).rejects.toMatchObject(encrypted);
    expect(await stored()).toEqual(before);
    expect((await rwt.verify(token))?.data).toEqual(user);
  });

  test("can't do so after an encrypted updateAll, or if the old data was plain", async () => {
    const { rwt, plain } = opened();
    await plain.sign(1, { subject: "Ada" });
    await plain.updateAll("Ada", "plain for all");
    const token = await rwt.sign(user, { subject: "Ada" });
    expect((await rwt.verify(token))?.data).toEqual(user);
    await expect(plain.updateAll("Ada", "plain again")).rejects.toMatchObject({ reason: "encrypted" });
    expect(await rwt.updateAll("Ada", "sealed for all")).toBe(true);
    await expect(plain.updateAll("Ada", "plain again")).rejects.toMatchObject({ reason: "encrypted" });
    expect((await rwt.verify(token))?.data).toBe("sealed for all");
  });

  test("can rotate, extend and end encrypted sessions", async () => {
    const { rwt, plain } = opened();
    const token = await rwt.sign(user, { subject: "Ada" });
    const rotated = await plain.rotate(token);
    expect((await rwt.verify(rotated))?.data).toEqual(user);
    expect(await plain.extend(rotated)).toBe(true);
    expect(await plain.destroyAll("Ada", { except: rotated ?? undefined })).toBe(true);
    expect(await rwt.verify(rotated)).not.toBeNull();
    expect(await plain.destroy(rotated)).toBe(true);
    expect(await rwt.verify(rotated)).toBeNull();
  });

  test("may write plain data for a person again once all encrypted sessions have ended", async () => {
    const { rwt, plain } = opened();
    await rwt.sign(user, { subject: "Ada" });
    await rwt.destroyAll("Ada");
    const token = await plain.sign(1, { subject: "Ada" });
    expect(await plain.updateAll("Ada", 2)).toBe(true);
    expect((await plain.verify(token))?.data).toBe(2);
  });
});

test("concurrent first calls of a service all work", async () => {
  const { rwt } = opened();
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => rwt.sign(i)));
  const found = await Promise.all(tokens.map((token) => rwt.verify(token)));
  expect(found.map((session) => session?.data)).toEqual([...tokens.keys()]);
});

test.each([
  [{ acceptPlain: "no" }, "ERR_RWT_OPTION_TYPE", "acceptPlain"],
  [{ encrypt: 0 }, "ERR_RWT_OPTION_TYPE", "encrypt"],
  [{ encrypt: false, acceptPlain: false }, "ERR_RWT_OPTION_RANGE", "acceptPlain"],
  [{ cipher: "aes" }, "ERR_RWT_OPTION_UNKNOWN", "cipher"],
  [{ secret }, "ERR_RWT_OPTION_UNKNOWN", "secret"],
])("refuses the options %j", (options, code, option) => {
  expect(() => encryption(options as never)).toThrow(expect.objectContaining({ code, option }));
});
