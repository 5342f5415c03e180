import { type SessionCookie, setCookieHeader } from "./cookie.ts";

/** What `signIn` gives. */
export interface SignedIn {
  /** For clients that carry it themselves. */
  readonly token: string;
  /** What your answer must carry: `Cache-Control` and, where `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
  /** The same cookie as data, for frameworks that take no finished header. */
  readonly cookie: SessionCookie | undefined;
}

/** What `rotateSession` gives: the new token, and what your answer must carry. */
export type SessionRotated = SignedIn;

/** What `signOut` gives. */
export interface SignedOut {
  /** Whether there was a session to end. */
  readonly ended: boolean;
  /** What your answer must carry: `Cache-Control` and, where `"cookie"` is a carrier, `Set-Cookie`. */
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
