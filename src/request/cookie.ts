import type { CookieSettings } from "./cookie-options.ts";

/** Browsers keep no cookie for longer, in seconds: 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_AGE = 400 * 86_400;

/**
 * The value of a `Set-Cookie` header. A token and the checked attributes hold nothing to escape; a cookie is cleared by the
 * attributes that it was set with.
 *
 * @param token - empty to clear the cookie
 * @param secondsLeft - until the session's deadline, with which a persistent cookie ends
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

/** A copy of an answer with a further cookie: the headers of one such as `Response.redirect`'s can't be changed. */
export function withCookie(response: Response, cookie: string | undefined): Response {
  const copy = new Response(response.body, response);
  if (cookie) copy.headers.append("Set-Cookie", cookie);
  return copy;
}
