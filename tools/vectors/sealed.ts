import { createCipheriv } from "node:crypto";
import { IAT } from "./header.ts";
import { bytesFor, secretFor, tokenInputs } from "./inputs.ts";
import { derive, keysOf } from "./token.ts";

/** An encrypted line. `text` is its plaintext, or `null` if it must not decrypt. */
export interface SealedVector {
  readonly secrets: readonly string[];
  /** The Redis key of the value. */
  readonly key: string;
  /** The number of the line in the value. */
  readonly line: 2 | 3 | 4;
  /** When the session was signed, Unix seconds. Only for line 2 of a session. */
  readonly iat: number | null;
  /** 12 bytes, hex. Only for lines that decrypt. */
  readonly iv?: string;
  readonly value: string;
  readonly text: string | null;
  /** Why it doesn't decrypt. */
  readonly why?: string;
}

type Place = Pick<SealedVector, "key" | "line" | "iat">;

const MARK = "e1.";

/** The additional authenticated data: what a line is bound to. */
export const additionalData = ({ key, line, iat }: Place): Buffer =>
  Buffer.from(iat === null ? `${key}\n${line}` : `${key}\n${line}\n${String(iat).padStart(10, "0")}`);

/** Returns IV, ciphertext and tag. */
export function seal(payloadKey: Buffer, additional: Buffer, text: string, iv: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", payloadKey, iv).setAAD(additional);
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

export const sealedText = (bytes: Buffer): string => MARK + bytes.toString("base64url");

/** The encrypted line as a service writes it. */
export const sealLine = (secret: string, place: Place, text: string, iv: Buffer): string =>
  sealedText(seal(derive(secret, "payload", 32), additionalData(place), text, iv));

const input = tokenInputs[9] ?? raise();
function raise(): never {
  throw new Error("no such input");
}
const { secret } = input;
const { sessionKey, personKey } = keysOf(input);
const data: Place = { key: sessionKey, line: 3, iat: null };
const facts: Place = { key: sessionKey, line: 2, iat: IAT };
const auth: Place = { key: sessionKey, line: 4, iat: null };
const all: Place = { key: personKey ?? raise(), line: 2, iat: null };

/** Lines that decrypt: text of every length modulo 3, each place, other Redis keys, and each position of the secret in a ring. */
function opening(): SealedVector[] {
  const cases: [readonly string[], number, Place, string][] = [
    ...['{"id":42,"name":"Zoë 🎟"}', '"a"', '"ab"', '"abc"', `"${"x".repeat(5000)}"`, '"\\ud800"'].map(
      (text): [string[], number, Place, string] => [[secret], 0, data, text],
    ),
    [[secret], 0, data, ""],
    [[secret], 0, data, "\ufeff not JSON, which opens all the same"],
    [[secret], 0, facts, '{"sub":"émilie@example.org","meta":{"device":"iPad"}}'],
    [[secret], 0, { ...facts, iat: 1 }, "{}"],
    [[secret], 0, all, '{"role":"admin"}'],
    [[secretFor("new"), secret], 1, data, '"by the older secret"'],
    [[secret, secretFor("old")], 0, data, '"by the newer secret"'],
    [[secret], 0, { ...data, key: `ü prefix ${sessionKey}` }, '"a key beyond ASCII"'],
    [["密钥-секрет-clé-🔑-0123456789"], 0, data, '"another secret"'],
    [[secret], 0, auth, '{"at":1795000000,"amr":["pwd","otp"]}'],
  ];
  return cases.map(([secrets, at, place, text], i) => {
    const iv = bytesFor(`iv ${i}`, 12);
    return {
      secrets,
      ...place,
      iv: iv.toString("hex"),
      value: sealLine(secrets[at] ?? raise(), place, text, iv),
      text,
    };
  });
}

function notOpening(): SealedVector[] {
  const text = '{"id":42}';
  const iv = bytesFor("iv of what does not open", 12);
  const payloadKey = derive(secret, "payload", 32);
  const bytes = seal(payloadKey, additionalData(data), text, iv);
  const value = sealedText(bytes);
  const flipped = (bit: number): string => {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return sealedText(other);
  };
  const last = (bytes.length - 1) * 8;
  const madeFor = (
    additional: Buffer | string,
    why: string,
    place: Place = data,
  ): [string, string, Place] => [
    sealedText(seal(payloadKey, Buffer.from(additional), text, iv)),
    `made for ${why}`,
    place,
  ];
  const cases: [value: string, why: string, place?: Place][] = [
    [MARK, "no bytes"],
    [sealedText(bytes.subarray(0, 12)), "an IV alone"],
    [sealedText(bytes.subarray(0, 27)), "a byte less than an IV and a tag"],
    [sealedText(bytes.subarray(0, 28)), "an IV and half a text"],
    [sealedText(bytes.subarray(0, -1)), "a byte short"],
    [sealedText(Buffer.concat([bytes, Buffer.alloc(1)])), "a byte long"],
    [`${value}=`, "padding"],
    [`${value}\r`, "a carriage return at the end"],
    [`${value.slice(0, 20)}+${value.slice(21)}`, "a + of plain base64"],
    [`${value.slice(0, 20)}é${value.slice(21)}`, "a character beyond ASCII"],
    [unusedBits(payloadKey), "unused bits of the last character set"],
    ...[0, 95, 96, bytes.length * 4, last - 120, last, last + 7].map((bit): [string, string] => [
      flipped(bit),
      `bit ${bit} flipped`,
    ]),
    madeFor(additionalData({ ...data, key: sessionKey.replace("rwt:", "app:") }), "another key"),
    madeFor(additionalData(all), "the person's key"),
    madeFor("", "no key"),
    madeFor(sessionKey, "the key without a line"),
    madeFor(additionalData({ ...data, line: 2 }), "line 2"),
    madeFor(additionalData(facts), "line 2 of a session"),
    madeFor(additionalData(data), "line 3", auth),
    madeFor(additionalData(auth), "line 4"),
    madeFor(additionalData(data), "line 3", facts),
    madeFor(additionalData({ ...facts, iat: null }), "line 2 without iat", facts),
    madeFor(additionalData({ ...facts, iat: IAT + 1 }), "another iat", facts),
    madeFor(`${sessionKey}\n2\n${IAT}\n`, "a line more", facts),
    madeFor(additionalData({ ...all, iat: IAT }), "a session's line 2", all),
    [
      sealedText(seal(derive(secret, "token", 32), additionalData(data), text, iv)),
      "made with the token key",
    ],
    [sealLine(secretFor("another"), data, text, iv), "made with another secret"],
  ];
  return cases.map(([sealed, why, place = data]) => ({
    secrets: [secret],
    ...place,
    value: sealed,
    text: null,
    why,
  }));
}

/** A line with one byte more than whole groups of three, so that the last base64url character has four unused bits. One is set. */
function unusedBits(payloadKey: Buffer): string {
  const iv = bytesFor("iv of unused bits", 12);
  const text = ["a", "ab", "abc"]
    .map((each) => sealedText(seal(payloadKey, additionalData(data), each, iv)))
    .find((each) => (each.length - MARK.length) % 4 === 2);
  if (text === undefined) return raise();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1);
}

export const sealedVectors = (): SealedVector[] => [...opening(), ...notOpening()];
