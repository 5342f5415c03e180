/**
 * Hono middleware for redis-web-token.
 *
 * @module
 */
export type { CookieOptions } from "./cookie-options.ts";
export type { AuthFailure } from "./failure.ts";
export { type OptionalRwtVariables, type RwtVariables, rwtAuth } from "./middleware.ts";
export type { Carrier, RwtAuthOptions } from "./options.ts";
export { type SessionDataOf, signIn, signOut } from "./sign-in.ts";
