import { describe, expect, test } from "vitest";
import { payloadCipher } from "../../src/encryption/gcm.ts";
import { openLine, sealLine } from "../../src/encryption/sealed-line.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { deriveKeys, hashSubject, mintToken, openToken, sessionKeys } from "../../src/token/index.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { fromHex, utf8 } from "../support/bytes.ts";
import { withoutNativeCrypto } from "../support/native-crypto.ts";
import { answerTo, authenticationFoundBy, foundBy } from "./stored.ts";

const ringOf = (secrets: readonly string[]) => Promise.all(secrets.map((secret) => deriveKeys(utf8(secret))));

describe("the token vectors", () => {
  test("there are enough of them", () => {
    expect(vectors.tokens.length).toBeGreaterThanOrEqual(64);
    expect(vectors.rejected.length).toBeGreaterThanOrEqual(40);
    expect(vectors.values.length).toBeGreaterThanOrEqual(70);
    expect(vectors.generations.length).toBeGreaterThanOrEqual(25);
    expect(vectors.sealed.length).toBeGreaterThanOrEqual(40);
    expect(vectors.authentications.length).toBeGreaterThanOrEqual(30);
  });

  test.each(vectors.tokens)("kid $kid, deadline $deadline, generation $generation", async (vector) => {
    const { secret, subject, deadline, expire, generation, token, successor } = vector;
    const keys = await deriveKeys(utf8(secret));
    expect(keys.kid).toBe(Number.parseInt(vector.kid, 16));
    const person = subject === null ? undefined : await hashSubject(keys, subject);
    if (person !== undefined) expect(person).toEqual(fromHex(vector.person));
    const fields = { deadline, expire, generation, person, id: fromHex(vector.id) };
    expect(await mintToken(keys, fields)).toBe(token);
    const opened = await openToken([keys], token);
    expect(opened).toMatchObject(fields);
    const redis = sessionKeys("rwt:", opened?.lookup ?? expect.fail(), person);
    expect(redis.session).toBe(vector.sessionKey);
    expect([redis.person ?? null, redis.index ?? null]).toEqual([vector.personKey, vector.indexKey]);
    if (successor === null) return expect(generation).toBe(65_535);
    expect(await mintToken(keys, { ...fields, generation: generation + 1 })).toBe(successor);
    expect(await openToken([keys], successor)).toMatchObject({ lookup: opened?.lookup, person });
  });

  test("open in a ring of all their secrets", async () => {
    const ring = await ringOf([...new Set(vectors.tokens.map(({ secret }) => secret))]);
    for (const { token, expire } of vectors.tokens)
      expect((await openToken(ring, token))?.expire).toBe(expire);
  });
});

test("the ring vectors: a token opens with its own secret, in a ring and alone, and with no other", async () => {
  for (const { secrets, token, opensWith } of vectors.rings) {
    expect(await openToken(await ringOf(secrets), token)).not.toBeNull();
    for (const [i, secret] of secrets.entries()) {
      expect((await openToken(await ringOf([secret]), token)) !== null).toBe(i === opensWith);
    }
  }
  const [first, second] = await ringOf(vectors.rings.at(-1)?.secrets ?? []);
  expect(first?.kid).toBe(second?.kid);
});

test.each(vectors.rejected)("rejected: $why", async ({ secrets, token }) => {
  expect(await openToken(await ringOf(secrets), token)).toBeNull();
});

const secret = "a secret of the tests, 32 bytes or more";

describe("the vectors of stored values", () => {
  const store = memoryStore();

  test.each(vectors.values)("$why", async (vector) => {
    expect(await foundBy(store, secret, vector)).toEqual(vector.found);
  });

  test.each(vectors.authentications)("$why", async ({ session, found }) => {
    const stored = { hasPerson: false, session, person: null };
    expect(await authenticationFoundBy(store, secret, stored)).toEqual(found);
  });

  test.each(vectors.generations)("a token's generation: $why", async (vector) => {
    const { answer, after } = vector;
    expect(await answerTo(store, secret, vector)).toEqual({ answer, after });
  });
});

describe.each([
  ["the runtime's own cipher, where it has one", <T>(run: () => Promise<T>) => run()],
  ["Web Crypto", withoutNativeCrypto],
])("the vectors of encrypted lines, by %s", (_, by) => {
  test.each(vectors.sealed)(
    "line $line, $text $why",
    async ({ secrets, key, line, iat, value, text, iv }) => {
      const ring = await by(() => Promise.all(secrets.map((secret) => payloadCipher(utf8(secret)))));
      const place = { key, number: line as 2 | 3 | 4, issuedAt: iat ?? undefined };
      expect(await openLine(async () => ring, place, value)).toBe(text);
      if (text === null || iv === undefined) return;
      const made = await Promise.all(ring.map((one) => sealLine(one, place, text, fromHex(iv))));
      expect(made).toContain(value);
      for (const other of [
        { ...place, key: `${key}x` },
        { ...place, number: place.number === 2 ? 3 : 2 } as const,
        { ...place, issuedAt: iat === null ? 0 : undefined },
      ])
        expect(await openLine(async () => ring, other, value)).toBeNull();
    },
  );
});
