import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createRwt } from "../../src/index.ts";
import { toBase64Url } from "../../src/lib/bytes.ts";
import { deriveKeys, hashSubject, mintToken, openToken, type SecretKeys } from "../../src/token/index.ts";
import { utf8 } from "../support/bytes.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";
const fields = { deadline: 2_000_000_000, expire: 60 };
/** The number of bits of a token. */
const BITS = 57 * 8;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
function flipBit(token: string, bit: number): string {
  const at = 4 + Math.floor(bit / 6);
  const value = alphabet.indexOf(token.charAt(at)) ^ (1 << (bit % 6));
  return token.slice(0, at) + alphabet.charAt(value) + token.slice(at + 1);
}

describe("openToken", () => {
  test("refuses a token with any single bit flipped", async () => {
    const keys = await deriveKeys(utf8(secret));
    const token = await mintToken(keys, fields);
    for (let bit = 0; bit < BITS; bit++) {
      const flipped = flipBit(token, bit);
      expect(flipped).not.toBe(token);
      expect(await openToken([keys], flipped)).toBeNull();
    }
    expect(await openToken([keys], token)).not.toBeNull();
  });

  test("refuses a wrong version or an expire of 0, even with a right tag", async () => {
    const keys = await deriveKeys(utf8(secret));
    // Made by hand, since mintToken doesn't make such tokens.
    const body = new Uint8Array(41).fill(1);
    body[1] = keys.kid;
    const signed = async () => {
      const mac = await keys.token(body);
      return `rwt_${toBase64Url(Uint8Array.of(...body, ...mac.slice(0, 16)))}`;
    };
    for (const version of [0, 1, 2, 255]) {
      body[0] = version;
      expect((await openToken([keys], await signed())) !== null).toBe(version === 1);
    }
    body[0] = 1;
    body.fill(0, 7, 11);
    expect(await openToken([keys], await signed())).toBeNull();
  });

  test("mintToken refuses values that don't fit into its fields", async () => {
    const keys = await deriveKeys(utf8(secret));
    for (const bad of [
      { deadline: 2 ** 40 },
      { deadline: -1 },
      { deadline: 1.5 },
      { expire: 0 },
      { expire: 2 ** 32 },
      { generation: -1 },
      { generation: 2 ** 16 },
    ]) {
      const [option] = Object.keys(bad);
      await expect(mintToken(keys, { ...fields, ...bad })).rejects.toMatchObject({
        code: "ERR_RWT_OPTION_RANGE",
        option,
      });
    }
  });

  test("returns the fields that were minted", async () => {
    const keys = await deriveKeys(utf8(secret));
    const bytes = (length: number) =>
      fc.uint8Array({ minLength: length, maxLength: length }).map((each) => new Uint8Array(each));
    const anyFields = fc.record({
      deadline: fc.maxSafeNat().map((number) => number % 2 ** 40),
      expire: fc.integer({ min: 1, max: 2 ** 31 - 1 }).map((number) => number * 2 + 1),
      generation: fc.integer({ min: 0, max: 65_535 }),
      person: fc.option(
        bytes(12).filter((person) => person.some(Boolean)),
        { nil: undefined },
      ),
      id: bytes(16),
    });
    await fc.assert(
      fc.asyncProperty(anyFields, async (given) => {
        const token = await mintToken(keys, given);
        expect(token).toMatch(/^rwt_[\w-]{76}$/);
        expect(await openToken([keys], token)).toMatchObject(given);
      }),
    );
  });

  test("refuses objects that convert to a token's text", async () => {
    const keys = await deriveKeys(utf8(secret));
    const token = await mintToken(keys, fields);
    for (const odd of [[token], Object(token), { toString: () => token }]) {
      expect(await openToken([keys], odd)).toBeNull();
    }
  });

  test("tries each secret of a ring that shares the token's kid", async () => {
    const seen = new Map<number, SecretKeys>();
    for (let i = 0; ; i++) {
      const keys = await deriveKeys(utf8(`${i} ${secret}`));
      const twin = seen.get(keys.kid);
      seen.set(keys.kid, keys);
      if (twin === undefined) continue;
      const token = await mintToken(keys, fields);
      expect(await openToken([twin], token)).toBeNull();
      expect(await openToken([twin, keys], token)).toMatchObject({ expire: 60 });
      return;
    }
  });

  test("finds each token its own lookup, and none of it in the token", async () => {
    const keys = await deriveKeys(utf8(secret));
    const tokens = await Promise.all(Array.from({ length: 100 }, () => mintToken(keys, fields)));
    const lookups = new Set<string>();
    for (const token of tokens) {
      const lookup = toBase64Url((await openToken([keys], token))?.lookup ?? expect.fail());
      lookups.add(lookup);
      expect(token).not.toContain(lookup);
    }
    expect(lookups.size).toBe(100);
  });

  test("finds the same lookup and person for all generations of a session", async () => {
    const keys = await deriveKeys(utf8(secret));
    const given = { ...fields, person: await hashSubject(keys, "Ada"), id: new Uint8Array(16).fill(7) };
    const [first, ...others] = await Promise.all(
      [0, 1, 2, 65_535].map(async (generation) =>
        openToken([keys], await mintToken(keys, { ...given, generation })),
      ),
    );
    for (const other of others) {
      expect(other?.lookup).toEqual(first?.lookup);
      expect(other?.person).toEqual(first?.person);
    }
  });

  test("takes all 16 bytes of the id from the CSPRNG", async () => {
    const keys = await deriveKeys(utf8(secret));
    // The clocks are mixed in by XOR, so that 0 shows what the CSPRNG gave.
    const clocks = [vi.spyOn(performance, "now"), vi.spyOn(Date, "now")].map((clock) =>
      clock.mockReturnValue(0),
    );
    const getRandomValues = vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => {
      (bytes as Uint8Array).fill(0xab);
      return bytes;
    });
    /** The runtime is asked for many at once, so only a later token shows what it gave. */
    const laterToken = async () => {
      for (let i = 0; i < 300; i++) await mintToken(keys, fields);
      return mintToken(keys, fields);
    };
    const token = await laterToken();
    for (const mocked of [getRandomValues, ...clocks]) mocked.mockRestore();
    expect(token).toBe(await mintToken(keys, { ...fields, id: new Uint8Array(16).fill(0xab) }));
    expect((await openToken([keys], await laterToken()))?.id).not.toEqual(new Uint8Array(16).fill(0xab));
  });

  test("never exposes a key, only functions that use it", async () => {
    const keys = await deriveKeys(utf8(secret));
    expect(JSON.parse(JSON.stringify(keys))).toEqual({ kid: keys.kid });
    for (const mac of [keys.token, keys.lookup, keys.subject])
      expect(Reflect.ownKeys(mac)).toEqual(["length", "name"]);
  });
});

describe("a service rejects without asking the store", () => {
  const store = untouchedStore();
  const rwt = createRwt({ store, secret, verifyExtendsToken: true });
  const expectDead = async (token: unknown) => {
    expect(await rwt.verify(token as string)).toBeNull();
    expect(await rwt.extend(token as string)).toBe(false);
    expect(await rwt.destroy(token as string)).toBe(false);
    expect(store.calls).toEqual([]);
  };

  test("0 to 10,000 random characters", async () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 10_000, size: "max" }),
      fc.string({ unit: fc.constantFrom(...alphabet), minLength: 76, maxLength: 76 }).map((s) => `rwt_${s}`),
      fc
        .string({ unit: fc.constantFrom(...alphabet, "=", "+", "/", " "), maxLength: 90 })
        .map((s) => `rwt_${s}`),
    );
    await fc.assert(fc.asyncProperty(text, expectDead), { numRuns: 300 });
  });

  test("values that aren't strings", async () => {
    for (const token of [undefined, null, 0, 80, true, [], {}, new Uint8Array(57)]) await expectDead(token);
  });

  test("every token with one bit flipped", async () => {
    const keys = await deriveKeys(utf8(secret));
    const deadline = Math.floor(Date.now() / 1000) + 1000;
    const token = await mintToken(keys, { ...fields, deadline });
    for (let bit = 0; bit < BITS; bit++) await expectDead(flipBit(token, bit));
    await expect(rwt.verify(token)).rejects.toThrow("the store was asked to check");
    store.calls.length = 0;
  });

  test("a token past its deadline, exact to the second", async () => {
    const keys = await deriveKeys(utf8(secret));
    const token = await mintToken(keys, { ...fields, deadline: 1000 });
    const at = (now: number) => createRwt({ store, secret, maxLifetime: 60, now: () => now });
    expect(await at(1000).verify(token)).toBeNull();
    expect(await at(1000.9).extend(token)).toBe(false);
    expect(await at(5000).destroy(token)).toBe(false);
    await expect(at(999.9).verify(token)).rejects.toThrow("the store was asked to check");
    store.calls.length = 0;
  });
});
