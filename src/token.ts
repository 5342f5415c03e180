import type { SecretKeys } from "./key-ring.ts";
import {
  type Bytes,
  equalInConstantTime,
  fromBase64Url,
  readNumber,
  toBase64Url,
  writeNumber,
} from "./lib/bytes.ts";

/** What a token says of itself. */
export interface TokenFields {
  /** Absolute end of life, Unix seconds, below 2^40. */
  readonly deadline: number;
  /** Idle time-out in seconds, 1 to 2^32 − 1. */
  readonly expire: number;
  /** 2 bytes: the subject's slot, or random ones. */
  readonly slot: Bytes;
}

/** A token whose tag was found right, or one just made. */
export interface OpenedToken extends TokenFields {
  /** base64url of the 16 bytes under which Redis knows the session; they are no part of the token. */
  readonly lookup: string;
}

const VERSION = 1;
export const BODY_BYTES = 32;
const RANDOM_BYTES = 19;
const TAG_BYTES = 16;
/** What every token looks like, and much that is none. */
const SHAPE = /^rwt_[\w-]{64}$/;

/**
 * Makes a token.
 *
 * @param fields - which the caller has checked
 * @param random - 19 bytes; from the CSPRNG but in tests of the format
 */
export async function mintToken(
  keys: SecretKeys,
  fields: TokenFields,
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)),
): Promise<OpenedToken & { readonly token: string }> {
  const body = new Uint8Array(BODY_BYTES);
  body.set([VERSION, keys.kid]);
  writeNumber(body, 2, 7, fields.deadline);
  writeNumber(body, 7, 11, fields.expire);
  body.set(fields.slot, 11);
  body.set(random, 13);
  const mac = await keys.token(body);
  return { ...fields, lookup: lookupIn(mac), token: withTag(body, mac) };
}

/**
 * Gives a token's text back from its body, which proves nothing by itself.
 *
 * @param body - the first 32 bytes of a token that one of these keys signed
 * @returns `undefined` where none of them did
 */
export async function sealBody(ring: readonly SecretKeys[], body: Bytes): Promise<string | undefined> {
  const keys = ring.find(({ kid }) => kid === body[1]);
  return keys && withTag(body, await keys.token(body));
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
  const expire = readNumber(bytes, 7, 11);
  for (const keys of ring) {
    if (bytes[0] !== VERSION || bytes[1] !== keys.kid || expire === 0) continue;
    const mac = await keys.token(bytes.slice(0, BODY_BYTES));
    // Copies: for a view V8 has to move a small array's bytes, which takes longer.
    if (equalInConstantTime(mac.slice(0, TAG_BYTES), bytes.slice(BODY_BYTES))) {
      return { deadline: readNumber(bytes, 2, 7), expire, slot: bytes.slice(11, 13), lookup: lookupIn(mac) };
    }
  }
  return null;
}

/** Whether a value has the look of a token, whoever made it. */
export const looksLikeToken = (token: unknown): token is string =>
  typeof token === "string" && SHAPE.test(token);

/** The hint at a secret in what looks like a token: of which secret it says that it signed it. */
export const kidIn = (token: string): number | undefined => fromBase64Url(token.slice(4, 8))[1];

/** Which secret of a ring signed a token: two may share a kid. */
export async function ownerOf(
  ring: readonly SecretKeys[],
  token: unknown,
): Promise<{ readonly at: number; readonly keys: SecretKeys; readonly opened: OpenedToken } | undefined> {
  for (const [at, keys] of ring.entries()) {
    const opened = await openToken([keys], token);
    if (opened !== null) return { at, keys, opened };
  }
  return undefined;
}

const withTag = (body: Bytes, mac: Bytes): string =>
  `rwt_${toBase64Url(Uint8Array.of(...body, ...mac.slice(0, TAG_BYTES)))}`;

const lookupIn = (mac: Bytes): string => toBase64Url(mac.slice(TAG_BYTES));
