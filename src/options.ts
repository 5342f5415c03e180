import { type Bytes, utf8 } from "./lib/bytes.ts";
import {
  boolean,
  callable,
  knownOptions,
  MAX_TIME,
  rangeError,
  typeError,
  wellFormedText,
  wholeNumber,
} from "./lib/check.ts";
import { type Clock, systemClock } from "./lib/clock.ts";
import { isObject } from "./lib/json.ts";
import type { TokenStore } from "./store.ts";

/** A secret: UTF-8 text or raw bytes, at least 32 bytes. `openssl rand -base64 32` makes a good one. */
export type Secret = string | Uint8Array;

/** Options of `createRwt`. */
export interface RwtOptions {
  /** Where sessions live: `upstashStore(…)`, `ioredisStore(…)`, `nodeRedisStore(…)`, `bunRedisStore(…)`, `memoryStore()` or your own. */
  readonly store: TokenStore;
  /**
   * One secret of 32 bytes or more, or several, newest first: the first signs new tokens, and any of them opens one.
   *
   * To change a secret without logging anyone out, put the new one in front, and drop the old one after `maxLifetime`. Drop a
   * leaked secret at once: together with any token of a session, it makes the session's present token.
   */
  readonly secret: Secret | readonly Secret[];
  /**
   * Idle timeout in seconds: a session that isn't used for this long ends.
   * @default 3600
   */
  readonly expire?: number | undefined;
  /**
   * Whether each `verify` restarts the idle timeout, which takes no extra round trip.
   * @default false
   */
  readonly verifyExtendsToken?: boolean | undefined;
  /**
   * Whether `verify` asks the primary once more before it answers `null` for a genuine token, since the replica that answered may not
   * have the session yet. A live token still takes one round trip, one that isn't live two, and a forged one none.
   *
   * Set it where replicas answer reads and sessions start in several regions. It doesn't reveal sooner what has ended elsewhere:
   * that's what `verify`'s option `fresh` is for.
   * @default false
   */
  readonly confirmNull?: boolean | undefined;
  /**
   * Absolute lifetime in seconds from `sign`. Nothing extends a session past it (OWASP ASVS 7.3.2).
   * @default 2592000 (30 days, the limit of NIST SP 800-63B AAL1)
   */
  readonly maxLifetime?: number | undefined;
  /**
   * What every Redis key begins with, without `{` and `}`. All services that share sessions need the same prefix.
   * @default "rwt:"
   */
  readonly prefix?: string | undefined;
  /**
   * The clock, in Unix seconds. Tests pass their own.
   * @default the system's
   */
  readonly now?: Clock | undefined;
}

/** Options after their checks, defaults filled in. */
export interface Settings {
  readonly store: TokenStore;
  readonly secrets: readonly Bytes[];
  readonly expire: number;
  readonly verifyExtendsToken: boolean;
  readonly confirmNull: boolean;
  readonly maxLifetime: number;
  readonly prefix: string;
  readonly now: () => number;
}

export const MIN_SECRET_BYTES = 32;

/** @param minSecretBytes - less than 32 for the original's callers alone, who were allowed any secret */
export function readOptions(options: RwtOptions, minSecretBytes: number = MIN_SECRET_BYTES): Settings {
  const given = knownOptions("options", options, [
    "store",
    "secret",
    "expire",
    "verifyExtendsToken",
    "confirmNull",
    "maxLifetime",
    "prefix",
    "now",
  ]);
  const {
    maxLifetime: lifetime = 30 * 86_400,
    verifyExtendsToken = false,
    confirmNull = false,
    prefix = "rwt:",
    now = systemClock,
  } = given;
  const maxLifetime = wholeNumber("maxLifetime", "seconds", lifetime);
  // The default idle timeout gives way to a shorter maxLifetime; one that was asked for does not.
  const { expire = Math.min(3600, maxLifetime) } = given;
  callable("now", now);
  return {
    store: readStore(given.store),
    secrets: readSecrets(given.secret, minSecretBytes),
    expire: readExpire(expire, maxLifetime),
    verifyExtendsToken: boolean("verifyExtendsToken", verifyExtendsToken),
    confirmNull: boolean("confirmNull", confirmNull),
    maxLifetime,
    prefix: readPrefix(prefix),
    now: () => readTime(now()),
  };
}

/** A clock that gave NaN would let dead tokens in, and one of milliseconds would make tokens that never live. */
export function readTime(time: number): number {
  const seconds = Math.floor(time);
  if (seconds >= 0 && seconds <= MAX_TIME) return seconds;
  throw rangeError("now", "give Unix seconds");
}

export function readExpire(value: unknown, maxLifetime: number): number {
  const expire = wholeNumber("expire", "seconds", value);
  if (expire <= maxLifetime) return expire;
  throw rangeError("expire", `be at most maxLifetime, ${maxLifetime} seconds`);
}

export function readPrefix(value: unknown): string {
  const prefix = wellFormedText("prefix", value);
  if (!/[{}]/.test(prefix)) return prefix;
  throw rangeError("prefix", "hold no { or }");
}

export function readStore(value: unknown): TokenStore {
  if (isObject(value) && typeof value.check === "function") return value as unknown as TokenStore;
  throw typeError("store", "a store, such as ioredisStore(…) or memoryStore()", value);
}

/** @returns at least one, newest first */
export function readSecrets(value: unknown, minBytes: number): Bytes[] {
  const secrets: unknown[] = Array.isArray(value) ? value : [value];
  if (secrets.length === 0) throw rangeError("secret", "not be empty");
  // What an environment variable is that isn't set: on Workers, those of process.env may never be.
  const set = "32 bytes or more (is RWT_SECRET set? On Workers the function gets the context)";
  if (value === undefined) throw typeError("secret", set, value);
  if (value === "" && minBytes) throw rangeError("secret", `be ${set}`);
  return secrets.map((secret) => readSecret("secret", secret, minBytes));
}

/** Also true for bytes of another realm, such as a test runner's. */
const isBytes = (value: unknown): value is Uint8Array =>
  (value as Partial<Uint8Array> | null)?.[Symbol.toStringTag] === "Uint8Array";

export function readSecret(option: string, value: unknown, minBytes: number): Bytes {
  const bytes =
    typeof value === "string" ? utf8(wellFormedText(option, value)) : isBytes(value) && new Uint8Array(value);
  if (!bytes) throw typeError(option, "text, a Uint8Array or an array of these, newest first", value);
  if (bytes.length >= minBytes) return bytes;
  throw rangeError(option, `be at least ${minBytes} bytes: make one with \`openssl rand -base64 32\``);
}
