import { OptionRangeError } from "../errors.ts";
import { boolean, isHttpToken, knownOptions, oneOf, wellFormedText } from "../lib/check.ts";

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
   * @default "Lax"
   */
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined;
  /**
   * Over HTTPS only; browsers count `http://localhost` in, but for Safari.
   * @default true
   */
  readonly secure?: boolean | undefined;
  /**
   * Whether it outlives the browser's own session, up to the token's deadline.
   * @default true
   */
  readonly persistent?: boolean | undefined;
}

/** Cookie options after their checks. */
export interface CookieSettings {
  readonly name: string;
  readonly domain: string | undefined;
  readonly path: string;
  readonly sameSite: "Strict" | "Lax" | "None";
  readonly secure: boolean;
  readonly persistent: boolean;
}

export function readCookieOptions(options: CookieOptions): CookieSettings {
  const given = knownOptions("cookie", options, [
    "name",
    "domain",
    "path",
    "sameSite",
    "secure",
    "persistent",
  ]);
  const {
    name = "__Host-rwt",
    domain,
    path = "/",
    sameSite = "Lax",
    secure = true,
    persistent = true,
  } = given;
  if (!isHttpToken("cookie.name", name)) {
    throw refused("name", "must be a token of RFC 6265");
  }
  if (!/^\/[\x20-\x3a\x3c-\x7e]*$/.test(wellFormedText("cookie.path", path))) {
    throw refused("path", 'must begin with "/", without ;');
  }
  if (domain !== undefined && !/^[\w.-]+$/.test(wellFormedText("cookie.domain", domain))) {
    throw refused("domain", "must be a host's name alone");
  }
  oneOf("cookie.sameSite", ["Strict", "Lax", "None"], sameSite);
  boolean("cookie.secure", secure);
  boolean("cookie.persistent", persistent);
  // Browsers compare the prefixes without regard to case (RFC 6265bis §5.4).
  if (/^__Host-/i.test(name) && (domain !== undefined || path !== "/" || !secure)) {
    throw refused("name", 'begins with __Host-, so needs secure, path "/", no domain: take another');
  }
  if (!secure && (sameSite === "None" || /^__Secure-/i.test(name))) {
    throw refused("secure", "must be true with sameSite None or a __Secure- name");
  }
  return { name, domain, path, sameSite, secure, persistent };
}

const refused = (option: string, why: string): OptionRangeError =>
  new OptionRangeError(`cookie.${option}`, `cookie.${option} ${why}`);
