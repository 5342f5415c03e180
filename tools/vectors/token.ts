/** A second implementation of the wire format, with Node's own crypto and nothing from src, so that the two can be compared. */
import { createHmac, hkdfSync } from "node:crypto";

/** The input of a token vector. */
export interface TokenInput {
  readonly secret: string;
  readonly subject: string | null;
  /** Unix seconds. */
  readonly deadline: number;
  /** Seconds. */
  readonly expire: number;
  readonly generation: number;
  /** 16 bytes, hex. */
  readonly id: string;
}

/** A token, and everything that is derived from its input. Bytes are hex. */
export interface TokenVector {
  readonly secret: string;
  readonly subject: string | null;
  readonly deadline: number;
  readonly expire: number;
  readonly generation: number;
  /** 12 bytes. Zeros without a subject. */
  readonly person: string;
  readonly id: string;
  readonly kid: string;
  readonly token: string;
  /** The token of the next generation. `null` after 65,535. */
  readonly successor: string | null;
  readonly sessionKey: string;
  readonly personKey: string | null;
  readonly indexKey: string | null;
}

/** Derives a key from a secret, by the key's name in the wire format. */
export const derive = (secret: string, name: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `rwt/1/${name}`, bytes));

export const hmacOf = (key: Buffer, data: Buffer | string): Buffer =>
  createHmac("sha256", key).update(data).digest();

/** 12 bytes for a subject. Zeros without one. */
export const personOf = (secret: string, subject: string | null): Buffer =>
  subject === null ? Buffer.alloc(12) : hmacOf(derive(secret, "subject", 32), subject).subarray(0, 12);

/** The wire format's L: the lookup, and the mask of the person. */
export const lookupMacOf = ({ secret, id }: Pick<TokenInput, "secret" | "id">): Buffer =>
  hmacOf(derive(secret, "lookup", 32), Buffer.from(id, "hex"));

/** The first 41 bytes of a token. */
export function bodyOf(input: TokenInput): Buffer {
  const { secret, subject, deadline, expire, generation, id } = input;
  const mask = lookupMacOf(input).subarray(16, 28);
  const body = Buffer.alloc(41);
  body.writeUInt8(1, 0);
  derive(secret, "kid", 1).copy(body, 1);
  body.writeUIntBE(deadline, 2, 5);
  body.writeUInt32BE(expire, 7);
  body.writeUInt16BE(generation, 11);
  for (const [i, byte] of personOf(secret, subject).entries())
    body.writeUInt8(byte ^ mask.readUInt8(i), 13 + i);
  Buffer.from(id, "hex").copy(body, 25);
  return body;
}

/** A token's text. The tag is the first 16 bytes of `mac`. */
export const tokenText = (body: Buffer, mac: Buffer): string =>
  `rwt_${Buffer.concat([body, mac.subarray(0, 16)]).toString("base64url")}`;

export const tokenOf = (input: TokenInput): string => {
  const body = bodyOf(input);
  return tokenText(body, hmacOf(derive(input.secret, "token", 32), body));
};

/** The Redis keys of a token, under the prefix `rwt:`. */
export function keysOf(input: TokenInput): Pick<TokenVector, "sessionKey" | "personKey" | "indexKey"> {
  const lookup = lookupMacOf(input).subarray(0, 16);
  const person = personOf(input.secret, input.subject);
  const slot = input.subject === null ? lookup : person;
  const base = `rwt:{${slot.subarray(0, 2).toString("hex")}}:`;
  const name = person.toString("base64url");
  return {
    sessionKey: `${base}s:${lookup.toString("base64url")}`,
    personKey: input.subject === null ? null : `${base}p:${name}`,
    indexKey: input.subject === null ? null : `${base}i:${name}`,
  };
}

export function tokenVector(input: TokenInput): TokenVector {
  const { secret, subject, deadline, expire, generation, id } = input;
  return {
    secret,
    subject,
    deadline,
    expire,
    generation,
    person: personOf(secret, subject).toString("hex"),
    id,
    kid: derive(secret, "kid", 1).toString("hex"),
    token: tokenOf(input),
    successor: generation === 0xffff ? null : tokenOf({ ...input, generation: generation + 1 }),
    ...keysOf(input),
  };
}
