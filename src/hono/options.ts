import type { Context } from "hono";
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
import type { AuthFailure } from "./failure.ts";

/**
 * Where a request carries its token: `"bearer"` is `Authorization: Bearer …` (RFC 6750 §2.1), `"cookie"` the
 * cookie that `signIn` sets, `"header"` a header of your own.
 */
export type Carrier = "bearer" | "cookie" | "header";

/** Options of `rwtAuth`. */
export interface RwtAuthOptions<Data = unknown> {
  /**
   * The token service, or a function that makes it from the context where bindings come with the request, as
   * on Workers. What the function gives is kept for each `c.env` object, and shared by all middlewares that name
   * the same function. Elsewhere pass the service itself: on Node, `c.env` is a new object for each request.
   * The function's `c` may be annotated with your app's bindings: `(c: Context<{ Bindings: Bindings }>) => …`.
   */
  readonly rwt: Rwt<Data> | ((c: Context) => Rwt<Data>);
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
   * Let requests without a live token through, with no `c.var.session`.
   * @default false
   */
  readonly optional?: boolean | undefined;
  /**
   * Whether the token is checked. `false` only reads it, for routes that just sign in or out: everyone passes,
   * with no `c.var.session` and no round trip, and a browser can log out while the store is out.
   * @default true
   */
  readonly verify?: boolean | undefined;
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
  /** Makes your own answer to a refusal; `failure.response` is the one it would be. */
  readonly onFailure?: ((c: Context, failure: AuthFailure) => Response | Promise<Response>) | undefined;
}

/** Options of `rwtAuth` after their checks. */
export interface AuthSettings {
  readonly from: readonly Carrier[];
  readonly header: string;
  readonly cookie: CookieSettings;
  readonly optional: boolean;
  readonly verify: boolean;
  readonly realm: string;
  readonly retryAfter: number;
}

export const isService = (value: unknown): value is Rwt =>
  isObject(value) && typeof value.verify === "function";

export function readAuthOptions(options: RwtAuthOptions): AuthSettings {
  if (isService(options)) throw typeError("rwtAuth's options", "an object such as { rwt }", options);
  const given = knownOptions("rwtAuth's options", options, [
    "rwt",
    "from",
    "header",
    "cookie",
    "optional",
    "verify",
    "realm",
    "retryAfter",
    "onFailure",
  ]);
  const { rwt, from = ["bearer"], header = "x-access-token", cookie = {} } = given;
  const { optional = false, verify = true, realm = "api", retryAfter = 5, onFailure } = given;
  if (typeof rwt !== "function" && !isService(rwt)) {
    throw typeError("rwt", "what createRwt gives, or a function of the context that gives it", rwt);
  }
  if (!Array.isArray(from)) throw typeError("from", "an array of carriers", from);
  if (from.length === 0) throw new OptionRangeError("from", "from must name at least one carrier");
  for (const carrier of from) oneOf("from", ["bearer", "cookie", "header"], carrier);
  if (!isHttpToken("header", header) || /^(authorization|cookie)$/i.test(header)) {
    throw new OptionRangeError("header", "header must be a header of your own, such as x-access-token");
  }
  if (!/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(wellFormedText("realm", realm))) {
    throw new OptionRangeError("realm", "realm must be printable ASCII without quotes and backslashes");
  }
  if (onFailure !== undefined && typeof onFailure !== "function") {
    throw typeError("onFailure", "a function", onFailure);
  }
  return {
    from,
    header,
    cookie: readCookieOptions(cookie),
    optional: boolean("optional", optional),
    verify: boolean("verify", verify),
    realm,
    retryAfter: wholeNumber("retryAfter", "seconds", retryAfter),
  };
}
