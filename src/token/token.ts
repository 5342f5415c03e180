import {
  type Bytes,
  equalInConstantTime,
  fromBase64Url,
  joined,
  readNumber,
  toBase64Url,
  writeNumber,
} from "../lib/bytes.ts";
import { typeError } from "../lib/check.ts";
import type { SecretKeys } from "./key-ring.ts";

/** The fields of a token. */
export interface TokenFields {
  /** The end of the absolute lifetime, Unix seconds, below 2^40. */
  readonly deadline: number;
  /** Idle timeout in seconds, 1 to 2^32 − 1. */
  readonly expire: number;
  /** 0 at sign, one more for each rotation, at most 65,535. */
  readonly generation: number;
  /** 12 bytes that stand for the subject; `undefined` without one. */
  readonly person: Bytes | undefined;
  /** 16 bytes from the CSPRNG, the same for all generations. */
  readonly id: Bytes;
}

/** A genuine token: its tag was verified, or it was just made. */
export interface OpenedToken extends TokenFields {
  /** 16 bytes that name the session in Redis. They are the same for all generations, and not part of the token. */
  readonly lookup: Bytes;
  /** The keys of the secret that signed it. */
  readonly keys: SecretKeys;
}

const VERSION = 1;
export const BODY_BYTES = 41;
const TAG_BYTES = 16;
/** The form of every token. Forged ones may have it too. */
const SHAPE = /^rwt_[\w-]{76}$/;

/** Makes a token's text and its lookup. The caller has checked the fields. */
export async function writeToken(
  keys: SecretKeys,
  { deadline, expire, generation, person, id }: TokenFields,
): Promise<{ readonly token: string; readonly lookup: Bytes }> {
  const mac = await keys.lookup(id);
  const body = new Uint8Array(BODY_BYTES);
  body.set([VERSION, keys.kid]);
  writeNumber(body, 2, 7, deadline);
  writeNumber(body, 7, 11, expire);
  writeNumber(body, 11, 13, generation);
  // Masked, so that the tokens of two sessions don't show that they are one person's.
  body.set(masked(person ?? new Uint8Array(12), mac), 13);
  body.set(id, 25);
  return { token: await tokenOf(keys, body), lookup: lookupIn(mac) };
}

/**
 * Makes the token of another generation of the same session.
 *
 * @param token - a token of any generation that these keys signed
 */
export async function tokenOfGeneration(
  keys: SecretKeys,
  token: string,
  generation: number,
): Promise<string> {
  const body = fromBase64Url(token.slice(4)).slice(0, BODY_BYTES);
  writeNumber(body, 11, 13, generation);
  return tokenOf(keys, body);
}

/** Makes the text of a token out of its body. */
async function tokenOf(keys: SecretKeys, body: Bytes): Promise<string> {
  const tag = await keys.token(body);
  return `rwt_${toBase64Url(joined(body, tag.slice(0, TAG_BYTES)))}`;
}

/**
 * Reads a token's body. It checks no tag, so the caller must know that the body is genuine.
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
 * Opens a token without a round trip. It doesn't check the deadline, since the caller has the clock.
 *
 * @param ring - the keys that may have signed it
 * @returns `null` for anything that isn't a token signed by one of these keys
 */
export async function openToken(ring: readonly SecretKeys[], token: unknown): Promise<OpenedToken | null> {
  if (!looksLikeToken(token)) return null;
  const bytes = fromBase64Url(token.slice(4));
  for (const keys of ring) {
    if (bytes[0] !== VERSION || bytes[1] !== keys.kid || readNumber(bytes, 7, 11) === 0) continue;
    const body = bytes.slice(0, BODY_BYTES);
    const mac = await keys.token(body);
    // Slices copy: for a view, V8 would have to move a small array's bytes out of its heap, which takes longer.
    if (equalInConstantTime(mac.slice(0, TAG_BYTES), bytes.slice(BODY_BYTES)))
      return readTokenBody(keys, body);
  }
  return null;
}

/** Throws for a promise, which would count as a bad token. */
export function refusePromise(token: unknown, option = "token"): void {
  if (token instanceof Promise) throw typeError(option, "text", token);
}

/** Whether a value has the form of a token, forged or not. */
export const looksLikeToken = (token: unknown): token is string =>
  typeof token === "string" && SHAPE.test(token);

/** Reads the `kid`, the hint to the secret, from text that has the form of a token. */
export const kidIn = (token: string): number | undefined => fromBase64Url(token.slice(4, 8))[1];

const lookupIn = (mac: Bytes): Bytes => mac.slice(0, 16);

/** Masks the person by XOR with the second part of the lookup's MAC. Applied twice, it unmasks it. */
function masked(person: Bytes, mac: Bytes): Bytes {
  const bytes = new Uint8Array(person.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (person[i] ?? 0) ^ (mac[16 + i] ?? 0);
  return bytes;
}
