/**
 * Authenticates requests in any framework: those with the web's `Request`, and those with Node's own request.
 *
 * @module
 */
export type { SessionRotated, SignedIn, SignedOut } from "./answers.ts";
export type { CookieAttributes, SessionCookie } from "./cookie.ts";
export type { CookieOptions } from "./cookie-options.ts";
export type { AuthErrorCode, AuthFailure } from "./failure.ts";
export type { IncomingHeaders, IncomingRequest, NodeRequest, WebRequest } from "./incoming.ts";
export type { LazyService } from "./lazy-service.ts";
export type { AuthenticateOptions, AuthOptions, Carrier, CsrfOptions } from "./options.ts";
export type { SignInOptions } from "./replace.ts";
export { requestAuth } from "./request-auth.ts";
export { type AuthRequirement, meetsRequirement } from "./requirement.ts";
export { seeOther } from "./see-other.ts";
export type {
  Authenticate,
  RequestAuth,
  RequestAuthOptions,
  RequestFailure,
  WatchSessionOptions,
} from "./types.ts";
export type { WatchedSession } from "./watch-held.ts";
