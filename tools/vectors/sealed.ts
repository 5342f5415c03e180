import { createCipheriv } from "node:crypto";
import { bytesFor, secretFor, tokenInputs } from "./inputs.ts";
import { derive, tokenVector } from "./token.ts";

/** An encrypted session value; `text` is what it holds, `null` where it must not open. */
export interface SealedVector {
  readonly secrets: readonly string[];
  /** The Redis key that it is at. */
  readonly key: string;
  /** 12 bytes, hex; of those that open. */
  readonly iv?: string;
  readonly value: string;
  readonly text: string | null;
  /** Why it doesn't open. */
  readonly why?: string;
}

const MARK = "e1.";

function seal(payloadKey: Buffer, key: string, text: string, iv: Buffer): Buffer {
  const cipher = createCipheriv("aes-256-gcm", payloadKey, iv).setAAD(Buffer.from(key));
  return Buffer.concat([iv, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

const textOf = (bytes: Buffer): string => MARK + bytes.toString("base64url");

const { sessionKey: key, secret, deadline } = tokenVector(tokenInputs[9] ?? raise());
function raise(): never {
  throw new Error("no such input");
}
const iat = 1_795_000_000;
const session = (more: object): string => JSON.stringify({ v: 1, iat, exp: deadline, ...more });

/** Values that open: text of every length modulo 3, other keys, and other places in a ring. */
function opening(): SealedVector[] {
  const texts = [
    session({ sub: "émilie@example.org", data: { id: 42, name: "Zoë 🎟" }, meta: { device: "iPad" } }),
    session({ data: "a" }),
    session({ data: "ab" }),
    session({ data: "abc" }),
    session({ data: "x".repeat(5000) }),
    session({ data: "\ud800" }),
    "",
    "not JSON, which opens all the same",
  ];
  const cases: [readonly string[], number, string, string][] = [
    ...texts.map((text): [string[], number, string, string] => [[secret], 0, key, text]),
    [[secretFor("new"), secret], 1, key, session({ data: "by the older secret" })],
    [[secret, secretFor("old")], 0, key, session({ data: "by the newer secret" })],
    [[secret], 0, `ü prefix ${key}`, session({ data: "a key beyond ASCII" })],
    [["密钥-секрет-clé-🔑-0123456789"], 0, key, session({ data: "another secret" })],
  ];
  return cases.map(([secrets, at, place, text], i) => {
    const iv = bytesFor(`iv ${i}`, 12);
    const payloadKey = derive(secrets[at] ?? raise(), "payload", 32);
    return {
      secrets,
      key: place,
      iv: iv.toString("hex"),
      value: textOf(seal(payloadKey, place, text, iv)),
      text,
    };
  });
}

function notOpening(): SealedVector[] {
  const text = session({ data: "sealed" });
  const iv = bytesFor("iv of what does not open", 12);
  const payloadKey = derive(secret, "payload", 32);
  const bytes = seal(payloadKey, key, text, iv);
  const value = textOf(bytes);
  const flipped = (bit: number): string => {
    const other = Buffer.from(bytes);
    other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    return textOf(other);
  };
  const last = (bytes.length - 1) * 8;
  const cases: [string, string][] = [
    [MARK, "no bytes"],
    [textOf(bytes.subarray(0, 12)), "an IV alone"],
    [textOf(bytes.subarray(0, 27)), "a byte less than an IV and a tag"],
    [textOf(bytes.subarray(0, 28)), "an IV and half a text"],
    [textOf(bytes.subarray(0, -1)), "a byte short"],
    [textOf(Buffer.concat([bytes, Buffer.alloc(1)])), "a byte long"],
    [`${value}=`, "padding"],
    [`${value}\n`, "a newline at the end"],
    [`${value.slice(0, 20)}+${value.slice(21)}`, "a + of plain base64"],
    [`${value.slice(0, 20)}é${value.slice(21)}`, "a character beyond ASCII"],
    [unusedBits(payloadKey), "unused bits of the last character set"],
    ...[0, 95, 96, bytes.length * 4, last - 120, last, last + 7].map((bit): [string, string] => [
      flipped(bit),
      `bit ${bit} flipped`,
    ]),
    [textOf(seal(payloadKey, key.replace("rwt:", "app:"), text, iv)), "made for another key"],
    [textOf(seal(payloadKey, "", text, iv)), "made for no key"],
    [textOf(seal(derive(secret, "token", 32), key, text, iv)), "made with the token key"],
    [textOf(seal(derive(secretFor("another"), "payload", 32), key, text, iv)), "made with another secret"],
  ];
  return cases.map(([sealed, why]) => ({ secrets: [secret], key, value: sealed, text: null, why }));
}

/** base64url of one byte more than whole groups of three: the last character has four unused bits. */
function unusedBits(payloadKey: Buffer): string {
  const text = ["a", "ab", "abc"]
    .map((data) => textOf(seal(payloadKey, key, session({ data }), bytesFor("iv of unused bits", 12))))
    .find((each) => (each.length - MARK.length) % 4 === 2);
  if (text === undefined) return raise();
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) + 1);
}

export const sealedVectors = (): SealedVector[] => [...opening(), ...notOpening()];
