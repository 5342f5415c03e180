import type { Context, Env } from "hono";
import type { SignOptions } from "../options.ts";
import { endCarried } from "../request/check.ts";
import { setCookie } from "../request/cookie.ts";
import { keepState, stateOf } from "./state.ts";

/** What `signIn` takes in an app, by its `RwtVariables`; anything where it has none. */
export type SignInDataOf<E extends Env> = E extends { Variables: { signInData?: infer Input } }
  ? Input
  : unknown;

/**
 * Starts a session and, where `"cookie"` is among the carriers, sets its cookie. The session that the request came
 * with, if any, ends: nobody else who holds its token comes along (session fixation; OWASP ASVS 7.2.4).
 *
 * The route needs `rwtCarrier` before it, or `rwtAuth` with `optional: true`, so that strangers can sign in.
 *
 * @param data - any JSON value, usually the user
 * @returns the token, for clients that carry it themselves
 * @throws MiddlewareMissingError where neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
 * @throws HTTPException 503 while the store is out
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
  options?: SignOptions,
): Promise<string> {
  const state = stateOf(c, "signIn");
  const { rwt, cookie, refuseOutage } = state;
  const token = await rwt.sign(data as never, options).catch(refuseOutage);
  await endCarried(rwt, state).catch(refuseOutage);
  keepState(c, { ...state, tokens: [token], session: undefined });
  if (cookie) c.header("Set-Cookie", setCookie(cookie, token, rwt.maxLifetime), { append: true });
  return token;
}

/**
 * Ends the session that the request came with, for every service, and clears the cookie.
 *
 * @returns whether there was a session to end
 * @throws MiddlewareMissingError where neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws HTTPException 503 while the store is out: the cookie is cleared, but the session may still live
 */
export async function signOut(c: Context): Promise<boolean> {
  const state = stateOf(c, "signOut");
  const { rwt, cookie, refuseOutage } = state;
  const cleared = cookie && setCookie(cookie, "");
  if (cleared) c.header("Set-Cookie", cleared, { append: true });
  const ended = await endCarried(rwt, state).catch((error) => refuseOutage(error, cleared));
  keepState(c, { ...state, tokens: [], session: null });
  return ended;
}
