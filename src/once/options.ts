import { type CallOptions, readSignal, readSubject } from "../call-options.ts";
import type { Bytes } from "../lib/bytes.ts";
import { boolean, callable, knownOptions, rangeError, textLike, wholeNumber } from "../lib/check.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import { MIN_SECRET_BYTES, readPrefix, readSecrets, readStore, readTime, type Secret } from "../options.ts";
import type { TokenStore } from "../store.ts";
import { MAX_DIGITS, MIN_DIGITS } from "./code.ts";

/** Options of `createOnce`. */
export interface OnceOptions {
  /** Where the tokens live: the store of the service, or one of its own. */
  readonly store: TokenStore;
  /** One secret of 32 bytes or more, or several, newest first: as for `createRwt`, whose secret it may be. */
  readonly secret: Secret | readonly Secret[];
  /**
   * What the tokens are for: 1 to 64 letters, digits, `.`, `_`, `:` and `-`. The keys are derived from it, so no token of another
   * purpose passes, and no session's token.
   */
  readonly purpose: string;
  /** How long a token or code lives, in seconds, at most a year. NIST SP 800-63B allows a code that is sent ten minutes. */
  readonly expire: number;
  /**
   * What every Redis key begins with, without `{` and `}`.
   * @default "rwt:"
   */
  readonly prefix?: string | undefined;
  /**
   * The clock, in Unix seconds. Tests pass their own.
   * @default the system's
   */
  readonly now?: Clock | undefined;
}

/** Options of `issue`. */
export interface IssueOptions extends CallOptions {
  /** The user's id, which `peek` and `consume` return. It lies in Redis as plain text. */
  readonly subject?: string | undefined;
  /**
   * Whether it replaces the subject's token before, and later ones replace it: only the newest link works.
   * @default false
   */
  readonly replaces?: boolean | undefined;
  /**
   * This token's own lifetime in seconds, at most a year.
   * @default the service's `expire`
   */
  readonly expire?: number | undefined;
}

/** Options of `issueCode`. */
export interface IssueCodeOptions<Data = unknown> extends CallOptions {
  /**
   * Whom the code is for: the user's id, or better the id of this sign-in attempt, which only the user's browser holds, so that
   * nobody else can guess, or use up the attempts.
   */
  readonly subject: string;
  /** Any JSON value. It lies in Redis as plain text. */
  readonly data: Data;
  /**
   * How many wrong guesses end the code, 1 to 100.
   * @default 5
   */
  readonly attempts?: number | undefined;
  /**
   * How many digits it has, 6 to 12.
   * @default 6
   */
  readonly digits?: number | undefined;
  /**
   * This code's own lifetime in seconds, at most a year.
   * @default the service's `expire`
   */
  readonly expire?: number | undefined;
}

/** Options after their checks, defaults filled in. */
export interface OnceSettings {
  readonly store: TokenStore;
  readonly secrets: readonly Bytes[];
  readonly purpose: string;
  readonly expire: number;
  readonly prefix: string;
  readonly now: () => number;
}

/** A year: a link that lives longer should be a session. */
const MAX_EXPIRE = 31_536_000;
/** The limit of NIST SP 800-63B for failed attempts in a row. */
const MAX_ATTEMPTS = 100;

export function readOnceOptions(options: OnceOptions): OnceSettings {
  const given = knownOptions("options", options, ["store", "secret", "purpose", "expire", "prefix", "now"]);
  const { purpose, prefix = "rwt:", now = systemClock } = given;
  textLike(/^[\w.:-]{1,64}$/, "purpose", purpose, "be 1 to 64 letters, digits, dots, colons, _ and -");
  callable("now", now);
  return {
    store: readStore(given.store),
    secrets: readSecrets(given.secret, MIN_SECRET_BYTES),
    purpose,
    expire: readExpire(given.expire),
    prefix: readPrefix(prefix),
    now: () => readTime(now()),
  };
}

/** `IssueOptions`, checked, with defaults filled in. */
interface IssueSettings extends CallOptions {
  readonly subject: string | undefined;
  readonly replaces: boolean;
  readonly expire: number;
}

export function readIssueOptions(options: IssueOptions, settings: OnceSettings): IssueSettings {
  const known = ["subject", "replaces", "expire", "signal"] as const;
  const given = knownOptions("issue's options", options, known);
  const { replaces = false, expire = settings.expire } = given;
  const subject = given.subject === undefined ? undefined : readSubject(given.subject);
  if (boolean("replaces", replaces) && subject === undefined)
    throw rangeError("replaces", "have a subject, whose older token it replaces");
  return { subject, replaces, expire: readExpire(expire), signal: readSignal(given) };
}

/** `IssueCodeOptions`, checked, with defaults filled in. */
interface IssueCodeSettings extends CallOptions {
  readonly subject: string;
  readonly data: unknown;
  readonly attempts: number;
  readonly digits: number;
  readonly expire: number;
}

export function readIssueCodeOptions(options: IssueCodeOptions, settings: OnceSettings): IssueCodeSettings {
  const known = ["subject", "data", "attempts", "digits", "expire", "signal"] as const;
  const given = knownOptions("issueCode's options", options, known);
  const { data, attempts = 5, digits = 6, expire = settings.expire } = given;
  return {
    subject: readSubject(given.subject),
    data,
    attempts: wholeNumber("attempts", "guesses", attempts, MAX_ATTEMPTS),
    digits: wholeNumber("digits", "digits", digits, MAX_DIGITS, MIN_DIGITS),
    expire: readExpire(expire),
    signal: readSignal(given),
  };
}

const readExpire = (value: unknown): number => wholeNumber("expire", "seconds", value, MAX_EXPIRE);
