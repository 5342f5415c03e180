/**
 * Hono middleware for redis-web-token.
 *
 * @module
 */
export type { CookieOptions } from "../request/cookie-options.ts";
export type { AuthErrorCode, AuthFailure } from "../request/failure.ts";
export type { AuthOptions, Carrier, CsrfOptions } from "../request/options.ts";
export type { SignInOptions } from "../request/replace.ts";
export type { AuthRequirement } from "../request/requirement.ts";
export { type OptionalRwtVariables, type RwtVariables, rwtAuth, rwtCarrier } from "./middleware.ts";
export type { RwtAuthOptions, RwtCarrierOptions } from "./options.ts";
export {
  endOtherSessions,
  listSessions,
  reauthenticate,
  rotateSession,
  signOutEverywhere,
  watchSession,
} from "./sessions.ts";
export { type SignInDataOf, signIn, signOut } from "./sign-in.ts";
export { type SessionOf, sessionOf } from "./state.ts";
