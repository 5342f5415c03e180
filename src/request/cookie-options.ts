import { boolean, knownOptions, rangeError, textLike } from "../lib/check.ts";

/** The attributes of the session cookie. It is always `HttpOnly`. */
export interface CookieOptions {
  /**
   * Its name. Browsers accept the prefix `__Host-` only with `Secure`, the path `/` and no domain, so that no other host can
   * set the cookie.
   *
   * If you need another path or a domain, choose a name without that prefix. Then other hosts of your domain can set a cookie
   * of the same name, and browsers may send theirs first (RFC 6265bis §4.1.3).
   * @default "__Host-rwt"
   */
  readonly name?: string | undefined;
  /**
   * Shares the cookie with all subdomains of this domain. The `name` must not begin with `__Host-` then.
   * @default none: this host only
   */
  readonly domain?: string | undefined;
  /**
   * Requests to this path and below carry the cookie. If it isn't `/`, the `name` must not begin with `__Host-`.
   * @default "/"
   */
  readonly path?: string | undefined;
  /**
   * When requests from other sites' pages carry it: `"Strict"` never, `"Lax"` when the user follows a link, `"None"` always.
   * @default "Lax", or "None" if it is partitioned
   */
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined;
  /**
   * Whether browsers send it over HTTPS only. All but Safari also send it to `http://localhost`.
   * @default true
   */
  readonly secure?: boolean | undefined;
  /**
   * Whether it survives when the browser is closed, until the session's deadline. `signIn` can decide this for each session.
   * @default true
   */
  readonly persistent?: boolean | undefined;
  /**
   * Whether each site that embeds your pages in an iframe gets a cookie of its own (CHIPS). Browsers keep such a cookie even if
   * they block third-party cookies.
   * @default false
   */
  readonly partitioned?: boolean | undefined;
}

/** The cookie options, checked, with defaults filled in. */
export interface CookieSettings {
  readonly name: string;
  /** Empty for this host only. */
  readonly domain: string;
  readonly path: string;
  readonly sameSite: "Strict" | "Lax" | "None";
  readonly secure: boolean;
  readonly persistent: boolean;
  readonly partitioned: boolean;
}

export function readCookieOptions(options: CookieOptions): CookieSettings {
  const given = knownOptions("cookie", options, [
    "name",
    "domain",
    "path",
    "sameSite",
    "secure",
    "persistent",
    "partitioned",
  ]);
  const {
    name = "__Host-rwt",
    domain = "",
    path = "/",
    partitioned = false,
    // A partitioned cookie is meant for iframes of other sites.
    sameSite = partitioned ? "None" : "Lax",
    secure = true,
    persistent = true,
  } = given;
  textLike(/^[\w!#$%&'*+.^`|~-]+$/, "cookie.name", name, "be a token of RFC 6265");
  textLike(/^\/[ -:<-~]*$/, "cookie.path", path, 'begin with "/", without ;');
  textLike(/^[\w.-]*$/, "cookie.domain", domain, "be a host name");
  textLike(/^(Strict|Lax|None)$/, "cookie.sameSite", sameSite, "be Strict, Lax or None");
  boolean("cookie.secure", secure);
  boolean("cookie.persistent", persistent);
  boolean("cookie.partitioned", partitioned);
  // Browsers ignore the case of the prefixes (RFC 6265bis §5.4).
  if (/^__Host-/i.test(name) && (domain || path !== "/" || !secure)) {
    throw rangeError(
      "cookie.name",
      "not begin with __Host- with domain, path or secure: false: use __Secure-rwt, or rwt over HTTP",
    );
  }
  if (!secure && (sameSite === "None" || partitioned || /^__Secure-/i.test(name))) {
    throw rangeError("cookie.secure", "be true for None, partitioned or __Secure-");
  }
  return { name, domain, path, sameSite, secure, persistent, partitioned };
}
