import { type Bytes, toBase64Url } from "../lib/bytes.ts";
import { randomBytes } from "../lib/random.ts";
import { deriver, hashSubject, keysFrom, type SecretKeys } from "../token/key-ring.ts";
import { type OnceKeys, onceKey, onceKeys } from "../token/keys.ts";
import { type Mac, macOf } from "../token/mac.ts";
import { openToken, refusePromise, writeToken } from "../token/token.ts";

/** The keys of one purpose, derived from one secret. */
export interface PurposeKeys extends SecretKeys {
  /** Hashes codes. */
  readonly code: Mac;
}

/** A genuine one-time token that hasn't expired. */
export interface OpenedOnce {
  /** Its Redis key. */
  readonly key: string;
  /** The token's lookup in base64url, which its value must hold. */
  readonly proof: string;
  /** Whether newer tokens of its subject replace it. */
  readonly isReplaceable: boolean;
}

const PREFIX = "rwto_";
/** The prefix of session tokens, whose bytes have the same form. */
const SESSION_PREFIX = "rwt_";

/**
 * Derives the keys of a purpose. They differ from those of sessions and of other purposes, so that no token of one passes as a token
 * of another.
 */
export async function derivePurposeKeys(secret: Bytes, purpose: string): Promise<PurposeKeys> {
  const derive = await deriver(secret);
  const ofPurpose = (name: string): Promise<Bytes> => derive(`once/${name}/${purpose}`);
  const [keys, code] = await Promise.all([keysFrom(ofPurpose), ofPurpose("code").then(macOf)]);
  return { ...keys, code };
}

/**
 * Makes a one-time token: the bytes of a session token of generation 0, behind another prefix.
 *
 * @param person - 12 bytes; only for a token that newer ones of its subject replace
 */
export async function writeOnceToken(
  keys: PurposeKeys,
  fields: { readonly deadline: number; readonly expire: number; readonly person: Bytes | undefined },
): Promise<{ readonly token: string; readonly lookup: Bytes }> {
  const id = randomBytes(16);
  const { token, lookup } = await writeToken(keys, { ...fields, generation: 0, id });
  return { token: PREFIX + token.slice(SESSION_PREFIX.length), lookup };
}

/** @returns `null` for anything that can't be a live token of this purpose, so that no command is needed */
export async function openOnceToken(
  ring: readonly PurposeKeys[],
  { prefix, now }: { readonly prefix: string; readonly now: () => number },
  token: unknown,
): Promise<OpenedOnce | null> {
  refusePromise(token);
  if (typeof token !== "string" || !token.startsWith(PREFIX)) return null;
  const opened = await openToken(ring, SESSION_PREFIX + token.slice(PREFIX.length));
  if (opened === null || opened.generation !== 0 || opened.deadline - now() < 1) return null;
  const { lookup, person } = opened;
  return {
    key: onceKey(prefix, person ?? lookup),
    proof: toBase64Url(lookup),
    isReplaceable: person !== undefined,
  };
}

/** What belongs to a subject under one secret of the ring. */
export interface SubjectShelf {
  readonly keys: PurposeKeys;
  readonly person: Bytes;
  readonly redis: OnceKeys;
}

/** Finds what belongs to a subject, the newest secret's first. */
export const subjectShelves = (
  ring: readonly PurposeKeys[],
  prefix: string,
  subject: string,
): Promise<readonly SubjectShelf[]> =>
  Promise.all(
    ring.map(async (keys) => {
      const person = await hashSubject(keys, subject);
      return { keys, person, redis: onceKeys(prefix, person) };
    }),
  );
