import {
  boolean,
  callable,
  knownOptions,
  rangeError,
  textLike,
  typeError,
  wellFormedText,
  wholeNumber,
} from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import { type CookieOptions, type CookieSettings, readCookieOptions } from "./cookie-options.ts";
import { originOf } from "./origin.ts";
import { type AuthRequirement, readRequirement } from "./requirement.ts";

/**
 * Where a request carries its token: `"bearer"` is `Authorization: Bearer …` (RFC 6750 §2.1), `"cookie"` is the cookie that
 * `signIn` sets, `"header"` is a header of your own.
 */
export type Carrier = "bearer" | "cookie" | "header";

/** Which pages of other origins may send requests that change something. Pages of the request's own host always may. */
export interface CsrfOptions {
  /**
   * Their origins, a scheme and a host without a path: `"https://app.example.org"`, `"capacitor://localhost"`,
   * `"chrome-extension://…"`. Name your own origin too if a proxy changes `Host`.
   * @default []
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Paths that any page may send requests to, such as `"/callback"`, since an identity provider's `form_post` comes from a page of
   * its own. Check the `state` there.
   * @default []
   */
  readonly paths?: readonly string[] | undefined;
}

/** How to authenticate requests, in any framework. */
export interface AuthOptions {
  /**
   * Where to look for the token: `"bearer"`, `"cookie"`, `"header"`. The first of these carriers that holds one decides.
   * @default ["bearer"]
   */
  readonly from?: readonly Carrier[] | undefined;
  /**
   * The header that the carrier `"header"` reads.
   * @default "x-access-token"
   */
  readonly header?: string | undefined;
  /**
   * The cookie that the carrier `"cookie"` reads and that `signIn` sets.
   * @default {}
   */
  readonly cookie?: CookieOptions | undefined;
  /**
   * Which pages of other origins may send requests that change something or open a WebSocket, if `"cookie"` is a carrier.
   * `false` turns the CSRF check off.
   *
   * Any other such request is refused with 403 if its `Origin` or `Sec-Fetch-Site` says that a page of another origin sent
   * it, unless it carries a token in a header. `GET`, `HEAD` and `OPTIONS` aren't checked, except for WebSocket handshakes.
   * @default {}
   */
  readonly csrf?: false | CsrfOptions | undefined;
  /**
   * Whether to let requests without a live token through, with no session.
   * @default false
   */
  readonly optional?: boolean | undefined;
  /**
   * Whether to verify at the primary, past replicas and the store's `cache`, as `verify`'s option `fresh` does: for the routes that
   * do what can't be undone.
   * @default false
   */
  readonly fresh?: boolean | undefined;
  /**
   * The realm in `WWW-Authenticate` (RFC 9110 §11.5).
   * @default "api"
   */
  readonly realm?: string | undefined;
  /**
   * Seconds in the `Retry-After` of a 503: when the client should retry.
   * @default 5
   */
  readonly retryAfter?: number | undefined;
}

/** Options of `authenticate`. */
export interface AuthenticateOptions {
  /**
   * Whether to verify at the primary, past replicas and the store's `cache`, as `verify`'s option `fresh` does.
   * @default `requestAuth`'s option of that name
   */
  readonly fresh?: boolean | undefined;
  /**
   * What the user must have proved (step-up). A request without a session is then refused, also with `optional`.
   * @default nothing
   */
  readonly require?: AuthRequirement | undefined;
}

/** A header's name (RFC 9110 §5.6.2), except those that have a meaning of their own. */
const OWN_HEADER = /^(?!(authorization|cookie)$)[\w!#$%&'*+.^`|~-]+$/i;

/** `AuthOptions`, checked, with defaults filled in. */
export interface AuthSettings {
  readonly from: readonly Carrier[];
  readonly header: string;
  /** `undefined` if the cookie isn't a carrier. */
  readonly cookie: CookieSettings | undefined;
  /** The allowed origins, as `originOf` returns them. `false` turns the CSRF check off. */
  readonly origins: readonly string[] | false;
  /** Paths that are exempt from the CSRF check, as URLs write them. */
  readonly paths: readonly string[];
  readonly optional: boolean;
  readonly fresh: boolean;
  /** What the session's user must have proved. */
  readonly require: AuthRequirement | undefined;
  readonly realm: string;
  readonly retryAfter: number;
}

/** Further options that all entries have. They are checked here and used by the entry. */
interface Wired extends AuthOptions {
  readonly rwt: unknown;
  readonly require?: AuthRequirement | undefined;
  readonly onFailure?: unknown;
}

/** Seconds in the `Retry-After` of a 503, by default. */
export const RETRY_AFTER = 5;

export const isService = (value: unknown): value is AnyRwt =>
  typeof (value as Partial<AnyRwt> | null | undefined)?.verify === "function";

/** The options of `rwtCarrier`. The others also have `optional` and `fresh`, and `rwtAuth` has `require`. */
export const CARRIER_OPTIONS: readonly Exclude<keyof Wired, "optional" | "fresh" | "require">[] = [
  "rwt",
  "from",
  "header",
  "cookie",
  "csrf",
  "realm",
  "retryAfter",
  "onFailure",
];

/** The options of the entries for frameworks, each of which has its own way to let strangers through, and to require a proof. */
export const ENTRY_OPTIONS: readonly Exclude<keyof Wired, "optional" | "require">[] = [
  ...CARRIER_OPTIONS,
  "fresh",
];

/** @param what - names the options in error messages */
export function readAuthOptions(
  what: string,
  options: Wired,
  known: readonly (keyof Wired)[] = [...ENTRY_OPTIONS, "optional"],
): AuthSettings {
  if (isService(options)) throw typeError(what, "an object such as { rwt }", options);
  const given = knownOptions(what, options, known);
  const {
    from = ["bearer"],
    header = "x-access-token",
    cookie = {},
    csrf = {},
    optional = false,
    fresh = false,
    require,
    realm = "api",
    retryAfter = RETRY_AFTER,
    onFailure,
  } = given;
  assertArray("from", from);
  if (from.length === 0) throw rangeError("from", "not be empty");
  for (const carrier of from) {
    textLike(/^(bearer|cookie|header)$/, "from", carrier, "be bearer, cookie or header");
  }
  textLike(OWN_HEADER, "header", header, "be a header of your own");
  textLike(/^[ !#-[\]-~]+$/, "realm", realm, "be ASCII without quotes");
  if (onFailure !== undefined) callable("onFailure", onFailure);
  if (optional && require !== undefined) throw rangeError("optional", "be false with require");
  const cookieSettings = readCookieOptions(cookie);
  const { origins = [], paths = [] } = knownOptions("csrf", csrf === false ? {} : csrf, ["origins", "paths"]);
  assertArray("csrf.paths", paths);
  for (const path of paths) textLike(/^\/[^?#]*$/, "csrf.paths", path, 'be paths such as "/callback"');
  assertArray("csrf.origins", origins);
  const named = origins.map((text) => {
    const origin = originOf(wellFormedText("csrf.origins", text));
    if (origin) return origin;
    throw rangeError("csrf.origins", 'be origins such as "https://a.org"');
  });
  // They would never be read or set: whoever names them means one of them to carry the token.
  for (const carrier of ["cookie", "header"] as const)
    if (given.from === undefined && given[carrier] !== undefined)
      throw rangeError("from", `name "${carrier}" if the option ${carrier} is given`);
  return {
    from,
    header,
    cookie: from.includes("cookie") ? cookieSettings : undefined,
    origins: csrf && named,
    // As URLs write them: "/rückruf" is "/r%C3%BCckruf" in a request.
    paths: paths.map((path) => new URL(`http://host${path}`).pathname),
    optional: boolean("optional", optional),
    fresh: boolean("fresh", fresh),
    require: require === undefined ? undefined : readRequirement(require),
    realm,
    retryAfter: wholeNumber("retryAfter", "seconds", retryAfter),
  };
}

export function readAuthenticateOptions(options: AuthenticateOptions, settings: AuthSettings): AuthSettings {
  const given = knownOptions("authenticate's options", options, ["fresh", "require"]);
  const { fresh = settings.fresh, require } = given;
  const checking = { ...settings, fresh: boolean("fresh", fresh) };
  return require === undefined
    ? checking
    : { ...checking, optional: false, require: readRequirement(require) };
}

function assertArray(option: string, value: unknown): void {
  if (!Array.isArray(value)) throw typeError(option, "an array", value);
}
