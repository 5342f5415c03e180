import { describe, expect, test } from "vitest";
import { createOnce } from "../../src/once/index.ts";
import { derivePurposeKeys, openOnceToken } from "../../src/once/token.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { hashSubject, mintToken } from "../../src/token/index.ts";
import vectors from "../../vectors.json" with { type: "json" };
import { wrong } from "../conformance/once-context.ts";
import { fromHex, utf8 } from "../support/bytes.ts";
import { withoutNativeCrypto } from "../support/native-crypto.ts";
import { plant, valueAt } from "../token/stored.ts";

const settings = { prefix: "rwt:", now: () => Date.now() / 1000 };

describe.each([
  ["the runtime's own hash, where it has one", <T>(run: () => Promise<T>) => run()],
  ["Web Crypto", withoutNativeCrypto],
])("the vectors of one-time tokens, by %s", (_, by) => {
  test.each(vectors.onceTokens)("$purpose, replaces $replaces", (vector) =>
    by(async () => {
      const { secret, purpose, replaces, deadline, expire, token } = vector;
      const keys = await derivePurposeKeys(utf8(secret), purpose);
      expect(keys.kid).toBe(Number.parseInt(vector.kid, 16));
      const person = replaces === null ? undefined : await hashSubject(keys, replaces);
      const minted = await mintToken(keys, { deadline, expire, person, id: fromHex(vector.id) });
      expect(`rwto_${minted.slice("rwt_".length)}`).toBe(token);
      const opened = await openOnceToken([keys], settings, token);
      expect(opened).toMatchObject({ key: vector.key, isReplaceable: replaces !== null });

      const store = memoryStore();
      const once = createOnce({ store, secret, purpose, expire: 60 });
      await plant(store, vector.key, vector.value);
      const found = {
        data: vector.found.data,
        subject: vector.found.subject ?? undefined,
        issuedAt: deadline - expire,
        expiresAt: deadline,
      };
      expect(await once.peek(token)).toEqual(found);
      expect(await once.consume(token)).toEqual(found);
      expect(await valueAt(store, vector.key)).toBeNull();
    }),
  );

  test.each(vectors.onceCodes)("code $code of $subject", (vector) =>
    by(async () => {
      const { secret, purpose, subject, code, attempts } = vector;
      const store = memoryStore();
      const once = createOnce({ store, secret, purpose, expire: 60 });
      await plant(store, vector.key, vector.value);
      expect(await once.consumeCode(subject, wrong(code))).toBeNull();
      const left = await valueAt(store, vector.key);
      if (attempts === 1) return expect(left).toBeNull();
      const header = `${vector.value.slice(0, 24)}${String(attempts - 1).padStart(3, "0")}`;
      expect(left).toBe(header + vector.value.slice(27));
      expect(await once.consumeCode(subject, code)).toMatchObject({ data: vector.data, subject });
    }),
  );
});

test.each(vectors.onceRejected)("rejected: $why", async ({ secret, purpose, token }) => {
  const keys = await derivePurposeKeys(utf8(secret), purpose);
  expect(await openOnceToken([keys], settings, token)).toBeNull();
});

test("a service stores what the vectors say", async () => {
  const [vector] = vectors.onceTokens.filter(({ replaces }) => replaces === "user-42");
  if (vector === undefined) throw new Error("no such vector");
  const { secret, purpose, expire, key } = vector;
  const store = memoryStore();
  const now = (): number => vector.deadline - expire;
  const once = createOnce({ store, secret, purpose, expire, now });
  const token = await once.issue(null, { subject: "user-42", replaces: true });
  // Only the id is random, and so are the tag, the mask, and the proof, which follow from it.
  expect(token.slice(0, 5 + 16)).toBe(vector.token.slice(0, 5 + 16));
  const value = await valueAt(store, key);
  expect(value?.slice(0, 28)).toBe(vector.value.slice(0, 28));
  expect(value?.slice(50)).toBe(vector.value.slice(50));
});
