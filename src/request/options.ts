import { OptionRangeError } from "../errors.ts";
import {
  boolean,
  isHttpToken,
  knownOptions,
  oneOf,
  typeError,
  wellFormedText,
  wholeNumber,
} from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { Rwt } from "../rwt.ts";
import { type CookieOptions, type CookieSettings, readCookieOptions } from "./cookie-options.ts";

/**
 * Where a request carries its token: `"bearer"` is `Authorization: Bearer …` (RFC 6750 §2.1), `"cookie"` the
 * cookie that `signIn` sets, `"header"` a header of your own.
 */
export type Carrier = "bearer" | "cookie" | "header";

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

/** `AuthOptions` after their checks. */
export interface AuthSettings {
  readonly from: readonly Carrier[];
  /** None where it isn't among the carriers. */
  readonly header: string | undefined;
  /** None where it isn't among the carriers. */
  readonly cookie: CookieSettings | undefined;
  readonly optional: boolean;
  readonly verify: boolean;
  readonly realm: string;
  readonly retryAfter: number;
}

/** What the entries' options have in common besides: checked here, and kept by the entry. */
interface Wired extends AuthOptions {
  readonly rwt: unknown;
  readonly verify?: boolean | undefined;
  readonly onFailure?: unknown;
}

export const isService = (value: unknown): value is Rwt =>
  isObject(value) && typeof value.verify === "function";

/**
 * @param name - of the function whose options they are
 * @param further - what the options may have besides
 */
export function readAuthOptions(name: string, options: Wired, ...further: "verify"[]): AuthSettings {
  const what = `${name}'s options`;
  if (isService(options)) throw typeError(what, "an object such as { rwt }", options);
  const given = knownOptions(what, options, [
    "rwt",
    "from",
    "header",
    "cookie",
    "optional",
    "realm",
    "retryAfter",
    "onFailure",
    ...further,
  ]);
  const { from = ["bearer"], header = "x-access-token", cookie = {} } = given;
  const { optional = false, verify = true, realm = "api", retryAfter = 5, onFailure } = given;
  if (!Array.isArray(from)) throw typeError("from", "an array of carriers", from);
  if (from.length === 0) throw new OptionRangeError("from", "from must name a carrier");
  for (const carrier of from) oneOf("from", ["bearer", "cookie", "header"], carrier);
  if (!isHttpToken("header", header) || /^(authorization|cookie)$/i.test(header)) {
    throw new OptionRangeError("header", "header must be a header of your own");
  }
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(wellFormedText("realm", realm))) {
    throw new OptionRangeError("realm", "realm must be ASCII without quotes");
  }
  if (onFailure !== undefined && typeof onFailure !== "function") {
    throw typeError("onFailure", "a function", onFailure);
  }
  const cookieSettings = readCookieOptions(cookie);
  return {
    from,
    header: from.includes("header") ? header : undefined,
    cookie: from.includes("cookie") ? cookieSettings : undefined,
    optional: boolean("optional", optional),
    verify: boolean("verify", verify),
    realm,
    retryAfter: wholeNumber("retryAfter", "seconds", retryAfter),
  };
}
