import { OptionRangeError } from "../errors.ts";
import { boolean, knownOptions, oneOf, wellFormedText } from "../lib/check.ts";

/** How the session cookie is set. It is always `HttpOnly`. */
export interface CookieOptions {
  /**
   * Its name. The prefix `__Host-` makes browsers insist on `Secure`, the path `/` and no domain, so that no
   * other host can set it; take another name where you need one of those otherwise (RFC 6265bis §4.1.3).
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
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(wellFormedText("cookie.name", name))) {
    throw new OptionRangeError(
      "cookie.name",
      "cookie.name must be a token of RFC 6265: no spaces, no separators",
    );
  }
  for (const [option, value] of [
    ["cookie.domain", domain ?? ""],
    ["cookie.path", path],
  ] as const) {
    if (!/^[\x20-\x3a\x3c-\x7e]*$/.test(wellFormedText(option, value))) {
      throw new OptionRangeError(option, `${option} must be printable ASCII without a semicolon`);
    }
  }
  oneOf("cookie.sameSite", ["Strict", "Lax", "None"], sameSite);
  boolean("cookie.secure", secure);
  boolean("cookie.persistent", persistent);
  const bound = name.startsWith("__Host-");
  if (bound && (domain !== undefined || path !== "/" || !secure)) {
    throw new OptionRangeError(
      "cookie.name",
      'cookie.name begins with __Host-, which goes with secure, the path "/" and no domain: take another name',
    );
  }
  if (!secure && (sameSite === "None" || name.startsWith("__Secure-"))) {
    throw new OptionRangeError(
      "cookie.secure",
      "cookie.secure must be true with sameSite None or a __Secure- name",
    );
  }
  return { name, domain, path, sameSite, secure, persistent };
}
