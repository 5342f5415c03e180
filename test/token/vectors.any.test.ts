import { describe, expect, test } from "vitest";
import { payloadCipher } from "../../src/encryption/gcm.ts";
import { openValue, sealValue } from "../../src/encrypt/sealed-value.ts";
import {
  decodeSession,
  deriveKeys,
  hashSubject,
  mintToken,
  openToken,
  sessionKey,
  subjectKey,
} from "../../src/token/index.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { fromHex, utf8 } from "../support/bytes.ts";
import { withoutNativeCrypto } from "../support/native-crypto.ts";
import shared from "./vectors.json" with { type: "json" };

const ringOf = (secrets: readonly string[]) => Promise.all(secrets.map((secret) => deriveKeys(utf8(secret))));

describe("the token vectors", () => {
  test("there are enough of them", () => {
    expect(shared).toHaveLength(24);
    expect(vectors.tokens.length).toBeGreaterThanOrEqual(40);
    expect(vectors.rejected.length).toBeGreaterThanOrEqual(30);
    expect(vectors.sessions.length).toBeGreaterThanOrEqual(40);
    expect(vectors.sealed.length).toBeGreaterThanOrEqual(30);
  });

  test.each([...shared, ...vectors.tokens])("kid $kid, deadline $deadline, slot $slot", async (vector) => {
    const keys = await deriveKeys(utf8(vector.secret));
    expect(keys.kid).toBe(Number.parseInt(vector.kid, 16));
    const { deadline, expire } = vector;
    const fields = { deadline, expire, slot: fromHex(vector.slot) };
    const minted = await mintToken(keys, fields, fromHex(vector.random));
    expect(minted.token).toBe(vector.token);
    expect(sessionKey("rwt:", minted.slot, minted.lookup)).toBe(vector.sessionKey);
    expect(await openToken([keys], vector.token)).toEqual({
      ...fields,
      lookup: vector.sessionKey.slice(-22),
    });
    if (vector.subject === null) return expect(vector.subjectKey).toBeNull();
    const subject = await hashSubject(keys, vector.subject);
    expect(subject.slot).toEqual(fromHex(vector.slot));
    expect(subjectKey("rwt:", subject)).toBe(vector.subjectKey);
  });

  test("open in a ring of all their secrets", async () => {
    const ring = await ringOf([...new Set(shared.map(({ secret }) => secret))]);
    for (const { token, expire } of shared) expect((await openToken(ring, token))?.expire).toBe(expire);
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

test.each(vectors.sessions)("session value $value", ({ deadline, value, session }) => {
  const decoded = decodeSession(value, deadline, Date.now() / 1000);
  if (session === "unreadable") return expect(decoded).toBeUndefined();
  // JSON has no undefined: what a session doesn't have is null there.
  const { subject = null, meta = null } = decoded ?? {};
  expect(decoded && { ...decoded, subject, meta }).toEqual(session);
});

describe.each([
  ["the runtime's own cipher, where it has one", <T>(run: () => Promise<T>) => run()],
  ["Web Crypto", withoutNativeCrypto],
])("the vectors of encrypted values, by %s", (_, by) => {
  test.each(vectors.sealed)("$text $why", async ({ secrets, key, value, text, iv }) => {
    const ring = await by(() => Promise.all(secrets.map((secret) => payloadCipher(utf8(secret)))));
    expect(await openValue(async () => ring, key, value)).toBe(text);
    if (text === null || iv === undefined) return;
    const made = await Promise.all(ring.map((one) => sealValue(one, key, text, fromHex(iv))));
    expect(made).toContain(value);
    expect(await openValue(async () => ring, `${key}x`, value)).toBeNull();
  });
});
