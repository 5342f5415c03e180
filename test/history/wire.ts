/** Token fields and Redis keys, implemented from the specification and independently of the library. */
import { createHmac, hkdfSync } from "node:crypto";

const PREFIX = "rwt:";
/** Byte offsets in a token. */
const GENERATION = 11;
const PERSON = 13;
const ID = 25;

const bytesOf = (token: string): Buffer => Buffer.from(token.slice("rwt_".length), "base64url");

export const generationOf = (token: string): number => bytesOf(token).readUInt16BE(GENERATION);

/** Finds the secret of a token by its key id, the byte after the version. */
export const secretOf = (token: string, secrets: readonly string[]): string =>
  secrets.find((secret) => derived(secret, "kid", 1)[0] === bytesOf(token)[1]) ?? "";

export interface Keys {
  readonly session: string;
  /** `undefined` without a subject. */
  readonly person: string | undefined;
  readonly index: string | undefined;
}

/** The Redis keys of a token's session. */
export function keysOf(token: string, secret: string): Keys {
  const bytes = bytesOf(token);
  const L = mac(derived(secret, "lookup", 32), bytes.subarray(ID, ID + 16));
  const person = Buffer.alloc(12);
  for (let i = 0; i < person.length; i++) person[i] = (bytes[PERSON + i] ?? 0) ^ (L[16 + i] ?? 0);
  const hasPerson = person.some((byte) => byte !== 0);
  const slot = (hasPerson ? person : L).subarray(0, 2).toString("hex");
  const name = person.toString("base64url");
  return {
    session: `${PREFIX}{${slot}}:s:${L.subarray(0, 16).toString("base64url")}`,
    person: hasPerson ? `${PREFIX}{${slot}}:p:${name}` : undefined,
    index: hasPerson ? `${PREFIX}{${slot}}:i:${name}` : undefined,
  };
}

const derived = (secret: string, name: string, length: number): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", `rwt/1/${name}`, length));

const mac = (key: Buffer, data: Uint8Array): Buffer => createHmac("sha256", key).update(data).digest();
