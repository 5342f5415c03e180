import {
  type Bytes,
  equalInConstantTime,
  fromBase64Url,
  readNumber,
  toBase64Url,
  writeNumber,
} from "../lib/bytes.ts";
import type { SecretKeys } from "./key-ring.ts";

/** What a token says of itself. */
export interface TokenFields {
  /** Absolute end of life, Unix seconds, below 2^40. */
  readonly deadline: number;
  /** Idle timeout in seconds, 1 to 2^32 − 1. */
  readonly expire: number;
  /** 0 at sign, one more for each rotation, at most 65,535. */
  readonly generation: number;
  /** 12 bytes that stand for the subject; none without one. */
  readonly person: Bytes | undefined;
  /** 16 bytes from the CSPRNG, the same for all generations. */
  readonly id: Bytes;
}

/** A token whose tag was found right, or one just made. */
export interface OpenedToken extends TokenFields {
  /** 16 bytes under which Redis knows the session: the same for all generations, and no part of the token. */
  readonly lookup: Bytes;
  /** The keys of the secret that signed it. */
  readonly keys: SecretKeys;
}

const VERSION = 1;
export const BODY_BYTES = 41;
const TAG_BYTES = 16;
/** What every token looks like, and much that is none. */
const SHAPE = /^rwt_[\w-]{76}$/;

/** Makes a token's text, and the lookup that goes with it. The caller has checked the fields. */
export async function writeToken(
  keys: SecretKeys,
  { deadline, expire, generation, person, id }: TokenFields,
): Promise<{ readonly token: string; readonly lookup: Bytes }> {
  const mac = await keys.lookup(id);
  const bytes = new Uint8Array(BODY_BYTES + TAG_BYTES);
  bytes.set([VERSION, keys.kid]);
  writeNumber(bytes, 2, 7, deadline);
  writeNumber(bytes, 7, 11, expire);
  writeNumber(bytes, 11, 13, generation);
  // Masked, so that the tokens of two sessions don't show that they are one person's.
  bytes.set(masked(person ?? new Uint8Array(12), mac), 13);
  bytes.set(id, 25);
  const tag = await keys.token(bytes.slice(0, BODY_BYTES));
  bytes.set(tag.slice(0, TAG_BYTES), BODY_BYTES);
  return { token: `rwt_${toBase64Url(bytes)}`, lookup: lookupIn(mac) };
}

/**
 * Reads a token's body whose tag was kept elsewhere, or not at all: it proves nothing by itself.
 *
 * @param body - the first 41 bytes of a token that one of these keys signed
 */
export async function readTokenBody(keys: SecretKeys, body: Bytes): Promise<OpenedToken> {
  const id = body.slice(25, BODY_BYTES);
  const mac = await keys.lookup(id);
  const person = masked(body.slice(13, 25), mac);
  return {
    deadline: readNumber(body, 2, 7),
    expire: readNumber(body, 7, 11),
    generation: readNumber(body, 11, 13),
    person: person.some(Boolean) ? person : undefined,
    id,
    lookup: lookupIn(mac),
    keys,
  };
}

/**
 * Opens a token without asking anyone. It doesn't look at the deadline: the clock is the caller's.
 *
 * @param ring - the keys that may have signed it
 * @returns `null` for whatever isn't a token that one of these keys signed
 */
export async function openToken(ring: readonly SecretKeys[], token: unknown): Promise<OpenedToken | null> {
  if (!looksLikeToken(token)) return null;
  const bytes = fromBase64Url(token.slice(4));
  for (const keys of ring) {
    if (bytes[0] !== VERSION || bytes[1] !== keys.kid || readNumber(bytes, 7, 11) === 0) continue;
    const body = bytes.slice(0, BODY_BYTES);
    const mac = await keys.token(body);
    // Copies: for a view V8 has to move a small array's bytes, which takes longer.
    if (equalInConstantTime(mac.slice(0, TAG_BYTES), bytes.slice(BODY_BYTES)))
      return readTokenBody(keys, body);
  }
  return null;
}

/** Whether a value has the look of a token, whoever made it. */
export const looksLikeToken = (token: unknown): token is string =>
  typeof token === "string" && SHAPE.test(token);

/** The hint at a secret in what looks like a token: of which secret it says that it signed it. */
export const kidIn = (token: string): number | undefined => fromBase64Url(token.slice(4, 8))[1];

const lookupIn = (mac: Bytes): Bytes => mac.slice(0, 16);

/** XOR with the second part of the lookup's MAC: applied twice, it gives back what it was given. */
function masked(person: Bytes, mac: Bytes): Bytes {
  const bytes = new Uint8Array(person.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (person[i] ?? 0) ^ (mac[16 + i] ?? 0);
  return bytes;
}
