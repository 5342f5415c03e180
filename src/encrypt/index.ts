/**
 * A store whose sessions are encrypted before they leave the service.
 *
 * @module
 */

import { createRing } from "../key-ring.ts";
import { boolean, knownOptions, rangeError } from "../lib/check.ts";
import { MIN_SECRET_BYTES, readSecrets, readStore, type Secret } from "../options.ts";
import type { TokenStore } from "../store.ts";
import { isRedisStore } from "../stores/kinds.ts";
import type { RedisStore } from "../stores/redis.ts";
import { type Gcm, payloadCipher } from "./gcm.ts";
import { openValue, sealValue } from "./sealed-value.ts";
import { type EncryptedStore, isSealed, type Sealing } from "./sealing.ts";

export type { EncryptedStore, Sealing } from "./sealing.ts";

/** Options of {@link encryptedStore}. */
export interface EncryptOptions {
  /**
   * One secret, or several, newest first, as `createRwt`'s: sessions are encrypted with the first and decrypted with any.
   * The keys are derived from it (HKDF), and are others than those that sign tokens, so that it may be the same secret.
   */
  readonly secret: Secret | readonly Secret[];
  /**
   * Whether new sessions are encrypted. `false` only decrypts: the first step where several services are to turn encryption on,
   * for one that can't decrypt takes another's encrypted session for an outage.
   * @default true
   */
  readonly encrypt?: boolean | undefined;
  /**
   * Whether sessions that aren't encrypted are read too: those from before encryption was turned on. `false`, once these
   * are gone, keeps out what someone who writes to Redis puts in a session's place.
   * @default true
   */
  readonly acceptPlain?: boolean | undefined;
}

/**
 * Encrypts what another store holds: AES-256-GCM, under a key that is derived from the secret, and bound to the session's
 * Redis key. Redis, its replicas, backups and whoever reads them see neither data nor subject nor meta, but how long they are. Options
 * such as `cache` belong to the store within, whose memory then holds the encrypted text.
 *
 * What doesn't open, since it was encrypted with a secret that isn't in the list, for another Redis key, or was changed, isn't
 * the session that was signed: `verify` gives `null`.
 *
 * With `createRwtWithSessions`, all works but `update`, `updateAll` and `rotate`, which change a session within Redis: these
 * reject with `OptionTypeError`.
 *
 * @throws OptionTypeError, OptionRangeError with a stable `code`, naming the option
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { encryptedStore } from "redis-web-token/encrypt";
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * const secret = ["the current secret, 32 bytes or more", "the one before it, still good for opening"];
 * const store = upstashStore({ url: "https://….upstash.io", token: "…" });
 * const rwt = createRwt({ store: encryptedStore(store, { secret }), secret });
 * ```
 */
export function encryptedStore(store: RedisStore, options: EncryptOptions): EncryptedStore & RedisStore;
/** The same over any other store. */
export function encryptedStore(store: TokenStore, options: EncryptOptions): EncryptedStore;
export function encryptedStore(store: TokenStore, options: EncryptOptions): EncryptedStore {
  const inner = readStore(store);
  const {
    secret,
    encrypt = true,
    acceptPlain = true,
  } = knownOptions("encryptedStore's options", options, ["secret", "encrypt", "acceptPlain"]);
  const [encrypts, takesPlain] = [boolean("encrypt", encrypt), boolean("acceptPlain", acceptPlain)];
  if (!encrypts && !takesPlain) {
    throw rangeError("acceptPlain", "be true while encrypt is false");
  }
  const ring = createRing(readSecrets(secret, MIN_SECRET_BYTES), payloadCipher);

  const sealing: Sealing = {
    inner,
    async seal(key, text) {
      if (!encrypts) return text;
      const [newest] = (await ring()) as [Gcm];
      return sealValue(newest, key, text);
    },
    async open(key, value) {
      if (isSealed(value)) return openValue(ring, key, value);
      // Text that is no JSON object at all is no answer: it stays for the caller to say so.
      return takesPlain || !/^\s*\{/.test(value) ? value : null;
    },
  };

  return {
    // What the tokens of 2017 are kept in is reached by this; sessions are not.
    ...(isRedisStore(inner) && { run: inner.run.bind(inner) }),
    sealing,
    async create(entry, callOptions) {
      const { key, value } = entry;
      const sealed = await sealing.seal(key, value);
      if (await inner.create({ ...entry, value: sealed }, callOptions)) return true;
      // The same text is another one when it is encrypted again: what is there may be an earlier call's.
      const present = await inner.read(key, callOptions);
      return present !== null && (await sealing.open(key, present)) === value;
    },
    async read(key, callOptions) {
      const value = await inner.read(key, callOptions);
      return value === null ? null : sealing.open(key, value);
    },
    extend: async (...args) => inner.extend(...args),
    remove: async (...args) => inner.remove(...args),
    connect: async (...args) => inner.connect(...args),
    disconnect: async () => inner.disconnect(),
  };
}
