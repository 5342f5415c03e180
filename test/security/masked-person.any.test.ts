import { describe, expect, test } from "vitest";
import { fromBase64Url, toBase64Url } from "../../src/lib/bytes.ts";
import { deriveKeys, hashSubject, mintToken } from "../../src/token/index.ts";
import { utf8 } from "../support/bytes.ts";

const secret = "a secret of the tests, 32 bytes or more";
const fields = { deadline: 2_000_000_000, expire: 60 };

describe("tokens don't show that they belong to the same person", () => {
  /** Bytes 13 to 24. */
  const maskedIn = (token: string): string => token.slice(4 + 17, 4 + 34);

  test("no two have the masked person in common, nor any part of the person itself", async () => {
    const keys = await deriveKeys(utf8(secret));
    const person = await hashSubject(keys, "Ada");
    const tokens = await Promise.all(
      Array.from({ length: 200 }, () => mintToken(keys, { ...fields, person })),
    );
    expect(new Set(tokens.map(maskedIn)).size).toBe(200);
    for (const token of tokens) {
      for (const shift of [0, 1, 2]) expect(token).not.toContain(toBase64Url(person.slice(shift, shift + 6)));
    }
  });

  test("bytes agree as often as between two persons, and as without a person", async () => {
    const keys = await deriveKeys(utf8(secret));
    const [ada, grace] = [await hashSubject(keys, "Ada"), await hashSubject(keys, "Grace")];
    const bytesOf = async (person: typeof ada | undefined) => {
      const token = await mintToken(keys, { ...fields, person });
      return fromBase64Url(token.slice(4)).slice(13, 25);
    };
    const PAIRS = 1500;
    /** How often two tokens have the same byte at the same place. Expected is once in 256 pairs, for each of twelve places. */
    const agreements = async (one: typeof ada | undefined, other: typeof ada | undefined) => {
      let count = 0;
      for (let i = 0; i < PAIRS; i++) {
        const [a, b] = [await bytesOf(one), await bytesOf(other)];
        a.forEach((byte, at) => {
          if (byte === b[at]) count++;
        });
      }
      return count;
    };
    const expected = (PAIRS * 12) / 256;
    const pairs: [typeof ada | undefined, typeof ada | undefined][] = [
      [ada, ada],
      [ada, grace],
      [ada, undefined],
      [undefined, undefined],
    ];
    for (const pair of pairs) {
      const count = await agreements(...pair);
      expect(count).toBeGreaterThan(expected * 0.4);
      expect(count).toBeLessThan(expected * 1.8);
    }
  });
});
