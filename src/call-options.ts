import { boolean, knownOptions, rangeError, typeError, wellFormedText, wholeNumber } from "./lib/check.ts";
import { assertJson, isObject } from "./lib/json.ts";
import { readExpire, type Settings } from "./options.ts";
import type { Actor, Authentication, SessionMeta } from "./session.ts";
import type { StoreCallOptions } from "./store.ts";
import { type AuthenticationInput, readActor, readAuthentication } from "./token/authentication.ts";
import { looksLikeToken } from "./token/token.ts";

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

/** `SignOptions`, checked, with defaults filled in. */
interface SignSettings extends SignOptions {
  readonly auth: Authentication | undefined;
  readonly expire: number;
  readonly maxLifetime: number;
  readonly replaces: readonly string[];
}

/** The options of `sign` that `signIn` has too. */
export const SIGN_IN_OPTIONS: readonly Exclude<keyof SignOptions, "replaces">[] = [
  "expire",
  "maxLifetime",
  "subject",
  "meta",
  "auth",
  "act",
  "signal",
];

export function readSignOptions(options: SignOptions, settings: Settings): SignSettings {
  const given = knownOptions("sign's options", options, [...SIGN_IN_OPTIONS, "replaces"]);
  const { maxLifetime: lifetime = settings.maxLifetime, subject, meta, auth, act, replaces = [] } = given;
  const maxLifetime = wholeNumber("maxLifetime", "seconds", lifetime, settings.maxLifetime);
  const { expire = Math.min(settings.expire, maxLifetime) } = given;
  if (subject !== undefined) readSubject(subject, ": leave it out");
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

/** @param hint - what the message adds for an empty one */
export function readSubject(subject: unknown, hint = ""): string {
  const text = wellFormedText("subject", subject);
  if (text === "") throw rangeError("subject", `not be empty${hint}`);
  // Otherwise `destroyAll(token)` would end nothing, and `sign` would store the token in Redis.
  if (looksLikeToken(text)) throw rangeError("subject", "be the user's id, not a token");
  return text;
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
