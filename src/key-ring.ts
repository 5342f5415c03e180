import { type Bytes, toBase64Url, toHex, utf8 } from "./lib/bytes.ts";
import { type Mac, macOf } from "./mac.ts";

/** What is derived from one secret. The keys can't be exported. */
export interface SecretKeys {
  /** A hint, 0 to 255, at which secret of a ring signed a token; two secrets may share one. */
  readonly kid: number;
  /** Of a token's body. */
  readonly token: Mac;
  /** Of a subject. */
  readonly subject: Mac;
}

/** A subject as Redis may see it. */
export interface HashedSubject {
  /** Two bytes that all of the subject's keys share, so that they live in one Redis Cluster slot. */
  readonly slot: Bytes;
  /** base64url of 16 bytes that name the subject's index. */
  readonly id: string;
}

/**
 * Derives keys of one secret, by their names in the wire format: HKDF-SHA-256 with an empty salt (RFC 5869), 32 bytes each.
 *
 * @param secret - at least 32 bytes; the caller checks
 */
export async function deriver(secret: Bytes): Promise<(name: string) => Promise<Bytes>> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return async (name) =>
    new Uint8Array(
      await crypto.subtle.deriveBits(
        { name: "HKDF", hash: "SHA-256", salt: utf8(""), info: utf8(`rwt/1/${name}`) },
        material,
        256,
      ),
    );
}

/**
 * Derives the keys of one secret by HKDF-SHA-256 with an empty salt (RFC 5869).
 *
 * @param secret - at least 32 bytes; the caller checks
 */
export async function deriveKeys(secret: Bytes): Promise<SecretKeys> {
  const derive = await deriver(secret);
  // HKDF's first byte is the same however many are asked for.
  const [kid = 0] = await derive("kid");
  return { kid, token: await macOf(await derive("token")), subject: await macOf(await derive("subject")) };
}

/** Gives what is derived of several secrets, newest first, or of other things. */
export type Ring<Keys> = () => Promise<readonly Keys[]>;

/** Gives the keys of several secrets, newest first. */
export type KeyRing = Ring<SecretKeys>;

/**
 * A ring of secrets, newest first, of which something is derived at the first call and kept.
 *
 * The keys are kept, never the promise of them, which the calls of one tick alone share: on Workers a promise belongs to
 * the request that made it, and another request that waits on it may wait for ever.
 */
export function createRing<Keys, Secret = Bytes>(
  secrets: readonly Secret[],
  derive: (secret: Secret) => Promise<Keys>,
): Ring<Keys> {
  let keys: readonly Keys[] | undefined;
  let deriving: Promise<readonly Keys[]> | undefined;
  return async () => {
    if (!keys) {
      deriving ??= Promise.all(secrets.map(derive));
      queueMicrotask(() => {
        deriving = undefined;
      });
      keys = await deriving;
    }
    return keys;
  };
}

/** A ring of secrets, newest first, whose keys are derived at the first call and kept. */
export const createKeyRing = (secrets: readonly Bytes[]): KeyRing => createRing(secrets, deriveKeys);

/** @param subject - the user's id; well-formed Unicode, which the caller checks */
export async function hashSubject(keys: SecretKeys, subject: string): Promise<HashedSubject> {
  const digest = await keys.subject(utf8(subject));
  return { slot: digest.slice(0, 2), id: toBase64Url(digest.subarray(2, 18)) };
}

/** The Redis key of a session. */
export const sessionKey = (prefix: string, slot: Uint8Array, lookup: string): string =>
  `${prefix}{${toHex(slot)}}:s:${lookup}`;

/** The Redis key of a subject's index. */
export const subjectKey = (prefix: string, subject: HashedSubject): string =>
  `${prefix}{${toHex(subject.slot)}}:u:${subject.id}`;
