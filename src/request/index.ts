/**
 * Authenticates requests in any framework: fetch-style handlers, and Node's own request.
 *
 * @module
 */
export type { CookieOptions } from "./cookie-options.ts";
export type { AuthErrorCode, AuthFailure } from "./failure.ts";
export type { AuthOptions, Carrier, CsrfOptions } from "./options.ts";
export {
  type IncomingRequest,
  type RequestAuth,
  type RequestAuthOptions,
  requestAuth,
  type SignedIn,
  type SignedOut,
} from "./request-auth.ts";
