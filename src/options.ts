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
import { assertJson, isObject } from "./lib/json.ts";
import type { Actor, Authentication, SessionMeta } from "./session.ts";
import type { StoreCallOptions, TokenStore } from "./store.ts";
import { type AuthenticationInput, readActor, readAuthentication } from "./token/authentication.ts";

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

/** Options of any call. */
export interface CallOptions {
  /** Ends the call early. Its promise then rejects with the signal's `reason`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of `verify`. */
export interface VerifyOptions extends CallOptions {
  /**
   * Whether to read at the primary, in one round trip: what any service has written by now counts, whatever replicas and the store's
   * option `cache` know. Use it before what can't be undone, such as a payment.
   * @default false
   */
  readonly fresh?: boolean | undefined;
  /**
   * What another service's `mark()` gave, or several marks: what was written before counts.
   *
   * A replica waits until it has that (Upstash), or else the primary is asked, as with `fresh`: over TCP, with several marks, if this
   * store has changed the same session itself, and for text that isn't a genuine mark. So a mark may come from a cookie or a header.
   */
  readonly after?: string | readonly string[] | undefined;
}

/** Options of `sign`. */
export interface SignOptions extends CallOptions {
  /**
   * This session's own idle timeout in seconds, at most `maxLifetime`.
   * @default the service's `expire`
   */
  readonly expire?: number | undefined;
  /**
   * This session's own absolute lifetime in seconds from `sign`, at most the service's.
   * @default the service's `maxLifetime`
   */
  readonly maxLifetime?: number | undefined;
  /**
   * The user's id. Sessions of one subject can be listed, changed and ended together with `sessions()`.
   *
   * It is kept in the session, and decides which Redis Cluster slot the subject's sessions lie in.
   */
  readonly subject?: string | undefined;
  /** A JSON object of notes about the session itself, such as the device. */
  readonly meta?: SessionMeta | undefined;
  /**
   * How the user proved who they are: `{}` for just now, or with `amr: ["pwd", "otp"]`. `require` compares it later, and
   * `reauthenticate` replaces it.
   * @default none: the session meets no requirement
   */
  readonly auth?: AuthenticationInput | undefined;
  /**
   * Who acts as the user (impersonation, RFC 8693 §4.1): `{ sub: "support-7" }`. It stays for all of the session's life.
   * @default none: the user
   */
  readonly act?: Actor | undefined;
  /**
   * Tokens of sessions that this one replaces, such as the one that the browser still holds: they don't count against
   * `maxSessions`. End them yourself after `sign`; `signIn` does both.
   */
  readonly replaces?: readonly string[] | undefined;
}

/** Options of `extend`. */
export interface ExtendOptions extends CallOptions {
  /**
   * The idle timeout that starts now, in seconds, this once.
   * @default the session's own
   */
  readonly expire?: number | undefined;
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

/** `SignOptions`, checked, with defaults filled in. */
interface SignSettings extends SignOptions {
  readonly auth: Authentication | undefined;
  readonly expire: number;
  readonly maxLifetime: number;
  readonly replaces: readonly string[];
}

export function readSignOptions(options: SignOptions, settings: Settings): SignSettings {
  const given = knownOptions("sign's options", options, [
    "expire",
    "maxLifetime",
    "subject",
    "meta",
    "auth",
    "act",
    "signal",
    "replaces",
  ]);
  const { maxLifetime: lifetime = settings.maxLifetime, subject, meta, auth, act, replaces = [] } = given;
  const maxLifetime = wholeNumber("maxLifetime", "seconds", lifetime, settings.maxLifetime);
  const { expire = Math.min(settings.expire, maxLifetime) } = given;
  if (subject !== undefined && wellFormedText("subject", subject) === "") {
    throw rangeError("subject", "not be empty: leave it out");
  }
  if (meta !== undefined) {
    if (!isObject(meta)) throw typeError("meta", "a JSON object", meta);
    assertJson("meta", meta);
  }
  if (!Array.isArray(replaces)) throw typeError("replaces", "an array of tokens", replaces);
  const signal = readSignal(given);
  return {
    expire: readExpire(expire, maxLifetime),
    maxLifetime,
    subject,
    meta,
    auth: auth === undefined ? undefined : readAuthentication(auth, settings.now()),
    act: act === undefined ? undefined : readActor(act),
    replaces,
    signal,
  };
}

export function readExtendOptions(options: ExtendOptions): ExtendOptions {
  const given = knownOptions("extend's options", options, ["expire", "signal"]);
  const { expire } = given;
  if (expire !== undefined) wholeNumber("expire", "seconds", expire);
  return { expire, signal: readSignal(given) };
}

export function readSubject(subject: unknown): string {
  const text = wellFormedText("subject", subject);
  if (text !== "") return text;
  throw rangeError("subject", "not be empty");
}

/** `VerifyOptions`, checked. */
interface VerifySettings extends StoreCallOptions {
  readonly fresh: boolean;
  readonly marks: readonly string[];
}

export function readVerifyOptions(options: VerifyOptions): VerifySettings {
  const given = knownOptions("verify's options", options, ["signal", "fresh", "after"]);
  const { fresh = false, after = [] } = given;
  const marks: readonly unknown[] = Array.isArray(after) ? after : [after];
  if (!marks.every((mark) => typeof mark === "string"))
    throw typeError("after", "a mark or an array of marks", after);
  return { signal: readSignal(given), fresh: boolean("fresh", fresh), marks };
}

export const readCallOptions = (options: CallOptions): StoreCallOptions => ({
  signal: readSignal(knownOptions("options", options, ["signal"])),
});

export function readSignal({ signal }: CallOptions): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  if (typeof signal?.throwIfAborted !== "function") throw typeError("signal", "an AbortSignal", signal);
  signal.throwIfAborted();
  return signal;
}

/** A clock that gave NaN would let dead tokens in, and one of milliseconds would make tokens that never live. */
export function readTime(time: number): number {
  const seconds = Math.floor(time);
  if (seconds >= 0 && seconds <= MAX_TIME) return seconds;
  throw rangeError("now", "give Unix seconds");
}

function readExpire(value: unknown, maxLifetime: number): number {
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
  // What an environment variable is that isn't set: on Workers, at the module's top level, always.
  const set = "32 bytes (is RWT_SECRET set? On Workers the function gets the context)";
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
