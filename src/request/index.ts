/**
 * Authenticates requests in any framework: those with the web's `Request`, and those with Node's own request.
 *
 * @module
 */
export type { CookieOptions } from "./cookie-options.ts";
export type { AuthErrorCode, AuthFailure } from "./failure.ts";
export type { AuthOptions, Carrier, CsrfOptions } from "./options.ts";
export type { SignInOptions } from "./replace.ts";
export {
  type IncomingHeaders,
  type IncomingRequest,
  type NodeRequest,
  type RequestAuth,
  type RequestAuthOptions,
  type RequestFailure,
  requestAuth,
  type SignedIn,
  type SignedOut,
  type WebRequest,
} from "./request-auth.ts";
