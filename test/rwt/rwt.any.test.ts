import { expect, test, vi } from "vitest";
import { createRwt } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { deriveKeys, mintToken } from "../../src/token/index.ts";
import { forged } from "../support/forged.ts";
import { spyOnMacs } from "../support/native-crypto.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";

test("sign returns no token if the store didn't accept the session", async () => {
  // A store that finds another session's value at any key.
  const store = redisStore({
    send: async ({ name }) => (name === "SET" ? null : name === "GET" ? "another's" : ["taken"]),
    close: async () => {},
  });
  for (const options of [{}, { subject: "Ada" }]) {
    await expect(createRwt({ store, secret }).sign(1, options)).rejects.toMatchObject({
      code: "ERR_RWT_STORE_UNAVAILABLE",
      reason: "reply",
    });
  }
});

test("keys are derived once, and a verify takes two HMACs for a new token, and one for a forged token", async () => {
  const derive = vi.spyOn(crypto.subtle, "deriveBits");
  const hmac = spyOnMacs();
  const rwt = createRwt({ store: memoryStore(), secret });
  const token = await rwt.sign(1);
  expect(derive).toHaveBeenCalledTimes(4);
  hmac.mockClear();
  await rwt.verify(token);
  expect(hmac.macs()).toBe(2);
  await rwt.verify(forged(token));
  expect(hmac.macs()).toBe(3);
  expect(derive).toHaveBeenCalledTimes(4);
  vi.restoreAllMocks();
});

test("a token whose kid is of no secret costs no HMAC at all", async () => {
  const bytes = new TextEncoder().encode(secret);
  const keys = await deriveKeys(bytes);
  const token = await mintToken({ ...keys, kid: keys.kid ^ 1 }, { deadline: 4_000_000_000, expire: 60 });
  const rwt = createRwt({ store: memoryStore(), secret: bytes });
  const hmac = spyOnMacs();
  // The first call derives the keys, and tries the native hash.
  expect(await rwt.verify(token)).toBeNull();
  hmac.mockClear();
  expect(await rwt.verify(token)).toBeNull();
  expect(hmac).not.toHaveBeenCalled();
  hmac.mockRestore();
});

test("await using closes the store at the end of the block", async () => {
  const disconnect = vi.fn(async () => {});
  {
    await using rwt = createRwt({ store: { ...memoryStore(), disconnect }, secret });
    await rwt.sign(1);
    expect(disconnect).not.toHaveBeenCalled();
  }
  expect(disconnect).toHaveBeenCalledOnce();
});

test("an aborted call rejects with the caller's reason, even if no command was needed", async () => {
  const store = untouchedStore();
  const rwt = createRwt({ store, secret });
  const reason = new Error("gave up");
  const signal = AbortSignal.abort(reason);
  for (const call of [rwt.verify, rwt.extend, rwt.destroy]) {
    await expect(call("junk", { signal })).rejects.toBe(reason);
  }
  expect(store.calls).toEqual([]);
});

test("methods work without the service, for example when destructured", async () => {
  const { sign, verify, destroy } = createRwt({ store: memoryStore(), secret });
  const token = await sign(1);
  expect((await verify(token))?.data).toBe(1);
  expect(await destroy(token)).toBe(true);
});

test("a subject and data of a million characters are as good as short ones", async () => {
  const subject = "s".repeat(1_000_000);
  const long = createRwt<string>({ store: memoryStore(), secret });
  const token = await long.sign(subject, { subject });
  expect(await long.verify(token)).toMatchObject({ data: subject, subject });
});
