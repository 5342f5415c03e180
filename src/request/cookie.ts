import type { CookieSettings } from "./cookie-options.ts";

/** The longest that browsers keep a cookie, in seconds: 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_AGE = 400 * 86_400;

/** A cookie to set, as cookie jars of frameworks take it: `jar.set(name, value, attributes)`. */
export interface SessionCookie {
  readonly name: string;
  /** The token; empty to clear the cookie. */
  readonly value: string;
  readonly attributes: CookieAttributes;
}

/** The attributes of a cookie, in the names that frameworks use. */
export interface CookieAttributes {
  /** Seconds. None for a cookie that ends when the browser is closed; 0 to clear it. */
  readonly maxAge?: number;
  readonly domain?: string;
  readonly path: string;
  readonly httpOnly: true;
  readonly secure: boolean;
  readonly sameSite: "strict" | "lax" | "none";
  readonly partitioned?: true;
}

/**
 * Returns the value of a `Set-Cookie` header. A token and the checked attributes need no escaping. To clear a cookie, browsers need
 * the attributes that it was set with.
 *
 * @param token - empty to clear the cookie
 * @param secondsLeft - seconds until the session's deadline, when a persistent cookie expires
 */
export function sessionCookie(cookie: CookieSettings, token: string, secondsLeft = 0): SessionCookie {
  const { name, persistent, domain, path, secure, sameSite, partitioned } = cookie;
  return {
    name,
    value: token,
    attributes: {
      ...((persistent || !token) && { maxAge: Math.min(secondsLeft, MAX_COOKIE_AGE) }),
      ...(domain && { domain }),
      path,
      httpOnly: true,
      secure,
      sameSite: sameSite.toLowerCase() as CookieAttributes["sameSite"],
      ...(partitioned && { partitioned }),
    },
  };
}

/** The value of a `Set-Cookie` header. A token and the checked attributes contain nothing to escape. */
export function setCookieHeader({ name, value, attributes }: SessionCookie): string {
  const { maxAge, domain, path, secure, sameSite, partitioned } = attributes;
  return [
    `${name}=${value}`,
    maxAge !== undefined && `Max-Age=${maxAge}`,
    domain && `Domain=${domain}`,
    `Path=${path}`,
    "HttpOnly",
    secure && "Secure",
    `SameSite=${sameSite.charAt(0).toUpperCase()}${sameSite.slice(1)}`,
    partitioned && "Partitioned",
  ]
    .filter(Boolean)
    .join("; ");
}

/** Copies a response and adds a cookie. The headers of some responses, such as `Response.redirect`'s, are immutable. */
export function withCookie(response: Response, cookie: SessionCookie | undefined): Response {
  const copy = new Response(response.body, response);
  if (cookie) copy.headers.append("Set-Cookie", setCookieHeader(cookie));
  return copy;
}
