import { type Bytes, utf8 } from "../lib/bytes.ts";
import { type Mac, macOf } from "./mac.ts";

/** What is derived from one secret. The keys can't be exported. */
export interface SecretKeys {
  /** A hint, 0 to 255, at which secret of a ring signed a token; two secrets may share one. */
  readonly kid: number;
  /** Authenticates a token's body. */
  readonly token: Mac;
  /** Turns a token's id into its lookup. */
  readonly lookup: Mac;
  /** Turns a subject into its person. */
  readonly subject: Mac;
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
 * Derives the keys of one secret.
 *
 * @param secret - at least 32 bytes; the caller checks
 */
export async function deriveKeys(secret: Bytes): Promise<SecretKeys> {
  const derive = await deriver(secret);
  // HKDF's first byte is the same however many are asked for.
  const [kid = 0] = await derive("kid");
  const macs = (["token", "lookup", "subject"] as const).map(async (name) => macOf(await derive(name)));
  const [token, lookup, subject] = (await Promise.all(macs)) as [Mac, Mac, Mac];
  return { kid, token, lookup, subject };
}

/** Gives what is derived of several secrets, newest first. */
export type Ring<Keys> = () => Promise<readonly Keys[]>;

/** Gives the keys of several secrets, newest first. */
export type KeyRing = Ring<SecretKeys>;

/**
 * A ring of secrets, newest first, of which something is derived at the first call and kept.
 *
 * It keeps the keys, never the promise of them, which only the calls of one tick share: on Workers a promise belongs to
 * the request that made it, and another request that awaits it may wait for ever.
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
      // The same objects for all: calls of several ticks may have derived them each.
      keys ??= derived;
    }
    return keys;
  };
}

/** A ring of secrets, newest first, whose keys are derived at the first call and kept. */
export const createKeyRing = (secrets: readonly Bytes[]): KeyRing => createRing(secrets, deriveKeys);

/**
 * @param subject - the user's id; well-formed Unicode, which the caller checks
 * @returns the person, 12 bytes
 */
export const hashSubject = async (keys: SecretKeys, subject: string): Promise<Bytes> =>
  (await keys.subject(utf8(subject))).slice(0, 12);
