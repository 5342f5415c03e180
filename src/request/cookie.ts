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
  const age = persistent || !token ? `; Max-Age=${Math.min(maxLifetime, MAX_COOKIE_AGE)}` : "";
  const host = domain === undefined ? "" : `; Domain=${domain}`;
  return `${name}=${token}${age}${host}; Path=${path}; HttpOnly${secure ? "; Secure" : ""}; SameSite=${sameSite}`;
}
