import { type Bytes, utf8 } from "../lib/bytes.ts";
import { type Mac, macOf } from "./mac.ts";

/** The keys that are derived from one secret. They can't be exported. */
export interface SecretKeys {
  /** A hint, 0 to 255, to the secret of a ring that signed a token. Two secrets may have the same one. */
  readonly kid: number;
  /** Authenticates a token's body. */
  readonly token: Mac;
  /** Hashes a token's id to its lookup. */
  readonly lookup: Mac;
  /** Hashes a subject to its person. */
  readonly subject: Mac;
}

/**
 * Returns a function that derives one secret's keys by their names in the wire format: HKDF-SHA-256 with an empty salt (RFC 5869),
 * 32 bytes each.
 *
 * @param secret - at least 32 bytes, which the caller checks
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
 * Derives the keys of one secret.
 *
 * @param secret - at least 32 bytes, which the caller checks
 */
export const deriveKeys = async (secret: Bytes): Promise<SecretKeys> => keysFrom(await deriver(secret));

/** Makes the keys of one kind of token, by a function that derives a key by its name. */
export async function keysFrom(derive: (name: string) => Promise<Bytes>): Promise<SecretKeys> {
  // HKDF's first byte doesn't depend on the output's length.
  const [kid = 0] = await derive("kid");
  const macs = (["token", "lookup", "subject"] as const).map(async (name) => macOf(await derive(name)));
  const [token, lookup, subject] = (await Promise.all(macs)) as [Mac, Mac, Mac];
  return { kid, token, lookup, subject };
}

/** Returns what was derived from several secrets, newest first. */
export type Ring<Keys> = () => Promise<readonly Keys[]>;

/** Returns the keys of several secrets, newest first. */
export type KeyRing = Ring<SecretKeys>;

/**
 * Makes a ring of secrets, newest first. The first call derives the keys, and later calls reuse them.
 *
 * It keeps the keys but not their promise, which only the calls of one tick share: on Workers, a promise belongs to the request
 * that made it, and another request that awaits it may wait for ever.
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
      const derived = await deriving;
      // All callers get the same objects, even if calls of several ticks have derived keys.
      keys ??= derived;
    }
    return keys;
  };
}

/** Makes a ring of secrets, newest first. The first call derives the keys, and later calls reuse them. */
export const createKeyRing = (secrets: readonly Bytes[]): KeyRing => createRing(secrets, deriveKeys);

/**
 * Hashes a subject to its person.
 *
 * @param subject - the user's id, in well-formed Unicode, which the caller checks
 * @returns the person, 12 bytes
 */
export const hashSubject = async (keys: SecretKeys, subject: string): Promise<Bytes> =>
  (await keys.subject(utf8(subject))).slice(0, 12);
