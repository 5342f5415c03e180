import type { Context, Env } from "hono";
import { endCarried } from "../request/check.ts";
import { sessionCookie } from "../request/cookie.ts";
import { replaceSession, type SignInOptions } from "../request/replace.ts";
import { addCookie, keepState, stateOf } from "./state.ts";

/** The type of `signIn`'s data, from the app's `RwtVariables`; `unknown` if it has none. */
export type SignInDataOf<E extends Env> = E extends { Variables: { signInData?: infer Input } }
  ? Input
  : unknown;

/**
 * Starts a session, and sets its cookie if `"cookie"` is a carrier. It ends the sessions that the request came with, so that
 * others who hold their tokens stay out (session fixation; OWASP ASVS 7.2.4). Those don't count against `maxSessions`.
 *
 * The route needs `rwtCarrier` before it, or `rwtAuth` with `optional: true`, which let requests without a session through.
 *
 * @param data - any JSON value, usually the user
 * @returns the token, for clients that store it themselves
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
 * @throws HTTPException 503 while the store doesn't answer
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rwtCarrier, signIn, signOut } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
 * const app = new Hono();
 * const carried = rwtCarrier({ rwt, from: ["cookie"] });
 * app.post("/login", carried, async (c) => {
 *   await signIn(c, { id: "42" }, { subject: "42" }); // after checking the password
 *   return c.redirect("/");
 * });
 * app.post("/logout", carried, async (c) => {
 *   await signOut(c);
 *   return c.redirect("/");
 * });
 * ```
 */
export async function signIn<E extends Env>(
  c: Context<E>,
  data: SignInDataOf<E>,
  options?: SignInOptions,
): Promise<string> {
  const state = stateOf(c, "signIn");
  const { token, cookie } = await replaceSession(state, data, options).catch(state.refuseOutage);
  keepState(c, { ...state, tokens: [token], deciding: [token], session: undefined });
  addCookie(c, cookie);
  return token;
}

/**
 * Ends the session that the request came with, in every service, and clears the cookie.
 *
 * In an `onFailure`, it makes the browser drop a cookie whose session has ended (401), and does nothing after any other refusal.
 * A response that arrives late also drops the cookie of a sign-in that another tab has finished meanwhile. So this isn't the
 * default: use it for pages that a user opens, not for requests that scripts send on their own.
 *
 * @returns whether there was a session to end
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws HTTPException 503 while the store doesn't answer: the cookie is cleared, but the session may still be live
 */
export async function signOut(c: Context): Promise<boolean> {
  const state = stateOf(c, "signOut");
  // In an onFailure without a token (no error code): by now the browser may have a cookie, from a sign-in that ran in parallel.
  const mayClear = !state.failure || state.failure.error;
  addCookie(c, mayClear && state.cookie ? sessionCookie(state.cookie, "") : undefined);
  const ended = await endCarried(state).catch(state.refuseOutage);
  keepState(c, { ...state, tokens: [], deciding: [], session: null });
  return ended;
}
