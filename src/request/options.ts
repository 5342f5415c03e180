import {
  boolean,
  callable,
  knownOptions,
  oneOf,
  rangeError,
  textLike,
  typeError,
  wholeNumber,
} from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import { type CookieOptions, type CookieSettings, readCookieOptions } from "./cookie-options.ts";

/**
 * Where a request carries its token: `"bearer"` is `Authorization: Bearer …` (RFC 6750 §2.1), `"cookie"` the
 * cookie that `signIn` sets, `"header"` a header of your own.
 */
export type Carrier = "bearer" | "cookie" | "header";

/** Which pages may send what changes something, besides those of the request's own host. */
export interface CsrfOptions {
  /**
   * Their origins, such as `"https://app.example.org"`.
   * @default []
   */
  readonly origins?: readonly string[] | undefined;
}

/** How requests are authenticated, whatever the framework. */
export interface AuthOptions {
  /**
   * Where tokens are looked for; the first carrier that holds one counts.
   * @default ["bearer"]
   */
  readonly from?: readonly Carrier[] | undefined;
  /**
   * The header that the carrier `"header"` reads.
   * @default "x-access-token"
   */
  readonly header?: string | undefined;
  /** The cookie that the carrier `"cookie"` reads, and `signIn` sets. */
  readonly cookie?: CookieOptions | undefined;
  /**
   * The defence against other sites' pages (CSRF) of the carrier `"cookie"`: a request other than `GET`, `HEAD` and
   * `OPTIONS` is refused with 403 where its `Sec-Fetch-Site` or, without that, its `Origin` says that another origin's page
   * sent it, unless it carries a token otherwise. `false` leaves it to you.
   * @default {}
   */
  readonly csrf?: false | CsrfOptions | undefined;
  /**
   * Let requests without a live token through, with no session.
   * @default false
   */
  readonly optional?: boolean | undefined;
  /**
   * The protection space that a 401 names (RFC 9110 §11.5).
   * @default "api"
   */
  readonly realm?: string | undefined;
  /**
   * Seconds after which a 503 asks the client to try again.
   * @default 5
   */
  readonly retryAfter?: number | undefined;
}

/** A token of RFC 9110 §5.6.2. */
const OWN_HEADER = /^(?!(authorization|cookie)$)[\w!#$%&'*+.^`|~-]+$/i;

/** `AuthOptions` after their checks. */
export interface AuthSettings {
  readonly from: readonly Carrier[];
  /** None where it isn't among the carriers. */
  readonly header: string | undefined;
  /** None where it isn't among the carriers. */
  readonly cookie: CookieSettings | undefined;
  /** Whose pages may send what changes something. `false` where that is left to the app. */
  readonly origins: readonly string[] | false;
  readonly optional: boolean;
  readonly realm: string;
  readonly retryAfter: number;
}

/** What the entries' options have in common besides: checked here, and kept by the entry. */
interface Wired extends AuthOptions {
  readonly rwt: unknown;
  readonly onFailure?: unknown;
}

export const isService = (value: unknown): value is AnyRwt =>
  typeof (value as Partial<AnyRwt> | null | undefined)?.verify === "function";

const KNOWN: readonly (keyof Wired)[] = [
  "rwt",
  "from",
  "header",
  "cookie",
  "csrf",
  "realm",
  "retryAfter",
  "onFailure",
];

/**
 * @param what - whose options they are
 * @param checks - whether the token is checked; where it isn't, every request passes, so nothing can be `optional`
 */
export function readAuthOptions(what: string, options: Wired, checks = true): AuthSettings {
  if (isService(options)) throw typeError(what, "an object such as { rwt }", options);
  const given = knownOptions(what, options, checks ? [...KNOWN, "optional"] : KNOWN);
  const {
    from = ["bearer"],
    header = "x-access-token",
    cookie = {},
    csrf = {},
    optional = false,
    realm = "api",
    retryAfter = 5,
    onFailure,
  } = given;
  assertArray("from", from);
  if (from.length === 0) throw rangeError("from", "not be empty");
  for (const carrier of from) oneOf("from", ["bearer", "cookie", "header"], carrier);
  textLike(OWN_HEADER, "header", header, "be a header of your own");
  textLike(/^[ !#-[\]-~]+$/, "realm", realm, "be ASCII without quotes");
  if (onFailure !== undefined) callable("onFailure", onFailure);
  const cookieSettings = readCookieOptions(cookie);
  const { origins = [] } = knownOptions("csrf", csrf === false ? {} : csrf, ["origins"]);
  assertArray("csrf.origins", origins);
  for (const origin of origins) textLike(/^https?:..[^/]+$/, "csrf.origins", origin, "be origins");
  return {
    from,
    header: from.includes("header") ? header : undefined,
    cookie: from.includes("cookie") ? cookieSettings : undefined,
    origins: csrf && origins,
    optional: boolean("optional", optional),
    realm,
    retryAfter: wholeNumber("retryAfter", "seconds", retryAfter),
  };
}

function assertArray(option: string, value: unknown): void {
  if (!Array.isArray(value)) throw typeError(option, "an array", value);
}
