import type { CookieSettings } from "./cookie-options.ts";

/** Browsers keep no cookie for longer, in seconds: 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_AGE = 400 * 86_400;

/**
 * The value of a `Set-Cookie` header. A token and the checked attributes hold nothing to escape; a cookie is cleared
 * by the attributes that it was set with.
 *
 * @param token - empty to clear the cookie
 * @param maxLifetime - seconds
 */
export function setCookie(
  { name, domain, path, secure, sameSite, persistent }: CookieSettings,
  token: string,
  maxLifetime = 0,
): string {
  return `${name}=${token}${
    persistent || !token ? `; Max-Age=${Math.min(maxLifetime, MAX_COOKIE_AGE)}` : ""
  }${domain ? `; Domain=${domain}` : ""}; Path=${path}; HttpOnly${secure ? "; Secure" : ""}; SameSite=${sameSite}`;
}

/** A copy of an answer with a further cookie, if any: the headers of one such as `Response.redirect`'s can't be changed. */
export function withCookie(response: Response, cookie: string | undefined): Response {
  const copy = new Response(response.body, response);
  if (cookie) copy.headers.append("Set-Cookie", cookie);
  return copy;
}
