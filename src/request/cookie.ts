import type { CookieSettings } from "./cookie-options.ts";

/** The longest that browsers keep a cookie, in seconds: 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_AGE = 400 * 86_400;

/**
 * Returns the value of a `Set-Cookie` header. A token and the checked attributes need no escaping. To clear a cookie, browsers need
 * the attributes that it was set with.
 *
 * @param token - empty to clear the cookie
 * @param secondsLeft - seconds until the session's deadline, when a persistent cookie expires
 */
export function setCookie(cookie: CookieSettings, token: string, secondsLeft = 0): string {
  const isKept = cookie.persistent || !token;
  const attributes = [
    isKept && `Max-Age=${Math.min(secondsLeft, MAX_COOKIE_AGE)}`,
    cookie.domain && `Domain=${cookie.domain}`,
    `Path=${cookie.path}`,
    "HttpOnly",
    cookie.secure && "Secure",
    `SameSite=${cookie.sameSite}`,
    cookie.partitioned && "Partitioned",
  ];
  return [`${cookie.name}=${token}`, ...attributes.filter(Boolean)].join("; ");
}

/** Copies a response and adds a cookie. The headers of some responses, such as `Response.redirect`'s, are immutable. */
export function withCookie(response: Response, cookie: string | undefined): Response {
  const copy = new Response(response.body, response);
  if (cookie) copy.headers.append("Set-Cookie", cookie);
  return copy;
}
