import { type SessionCookie, setCookieHeader } from "./cookie.ts";

/** The result of `signIn`. */
export interface SignedIn {
  /** For clients that store it themselves. */
  readonly token: string;
  /** Add them to your response: `Cache-Control` and, if `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
  /** The same cookie as data, for frameworks that take no finished header. */
  readonly cookie: SessionCookie | undefined;
}

/** The result of `rotateSession`: the new token, and what your response must carry. */
export type SessionRotated = SignedIn;

/** The result of `signOut` and `signOutEverywhere`. */
export interface SignedOut {
  /** Whether there was a session to end. */
  readonly ended: boolean;
  /** Add them to your response: `Cache-Control` and, if `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
  /** The same cookie as data, for frameworks that take no finished header. */
  readonly cookie: SessionCookie | undefined;
}

/** The headers of an answer that may set a cookie. */
export function answerHeaders(cookie: SessionCookie | undefined): Headers {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (cookie) headers.set("Set-Cookie", setCookieHeader(cookie));
  return headers;
}
