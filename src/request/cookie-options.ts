import { boolean, knownOptions, rangeError, textLike } from "../lib/check.ts";

/** How the session cookie is set. It is always `HttpOnly`. */
export interface CookieOptions {
  /**
   * Its name. The prefix `__Host-` makes browsers insist on `Secure`, the path `/` and no domain, so that no
   * other host can set it; take another name where you need one of those otherwise, at the risk that a host beside
   * yours sets a cookie of that name, which browsers may send first (RFC 6265bis §4.1.3).
   * @default "__Host-rwt"
   */
  readonly name?: string | undefined;
  /**
   * Share the cookie with all subdomains of this domain.
   * @default none: this host alone
   */
  readonly domain?: string | undefined;
  /** @default "/" */
  readonly path?: string | undefined;
  /**
   * When another site's pages send it: `"Strict"` never, `"Lax"` when a link is followed, `"None"` always.
   * @default "Lax", and "None" where it is partitioned
   */
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined;
  /**
   * Over HTTPS only; browsers count `http://localhost` in, but for Safari.
   * @default true
   */
  readonly secure?: boolean | undefined;
  /**
   * Whether it outlives the browser's own session, up to the token's deadline. `signIn` can decide it for each session.
   * @default true
   */
  readonly persistent?: boolean | undefined;
  /**
   * Whether each site that embeds your pages in an iframe gets a cookie of its own, which browsers keep where they block those
   * of third parties (CHIPS).
   * @default false
   */
  readonly partitioned?: boolean | undefined;
}

/** Cookie options after their checks. */
export interface CookieSettings {
  readonly name: string;
  /** Empty: this host alone. */
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
    // Another site's iframe is what a partitioned cookie is for.
    sameSite = partitioned ? "None" : "Lax",
    secure = true,
    persistent = true,
  } = given;
  textLike(/^[\w!#$%&'*+.^`|~-]+$/, "cookie.name", name, "be a token of RFC 6265");
  textLike(/^\/[ -:<-~]*$/, "cookie.path", path, 'begin with "/", without ;');
  textLike(/^[\w.-]*$/, "cookie.domain", domain, "be a host's name");
  textLike(/^(Strict|Lax|None)$/, "cookie.sameSite", sameSite, 'be "Strict","Lax","None"');
  boolean("cookie.secure", secure);
  boolean("cookie.persistent", persistent);
  boolean("cookie.partitioned", partitioned);
  // Browsers compare the prefixes without regard to case (RFC 6265bis §5.4).
  if (/^__Host-/i.test(name) && (domain || path !== "/" || !secure)) {
    throw rangeError("cookie.name", "not be __Host- with domain, path, no secure: take another");
  }
  if (!secure && (sameSite === "None" || partitioned || /^__Secure-/i.test(name))) {
    throw rangeError("cookie.secure", 'be true for "None", partitioned and __Secure-');
  }
  return { name, domain, path, sameSite, secure, persistent, partitioned };
}
