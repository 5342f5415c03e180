import type { Context, Env } from "hono";
import { deleteCookie, setCookie } from "hono/cookie";
import { MiddlewareMissingError } from "../errors.ts";
import type { SignOptions } from "../options.ts";
import type { Session } from "../session.ts";
import type { CookieSettings } from "./cookie-options.ts";
import { type AuthState, authStates } from "./state.ts";

/** Browsers keep no cookie for longer, in seconds: 400 days (RFC 6265bis §5.5). */
const MAX_COOKIE_AGE = 400 * 86_400;

/** What the sessions of an app hold, by its `RwtVariables`; anything where it has none. */
export type SessionDataOf<E extends Env> = E extends {
  Variables: { session?: Session<infer Data> | undefined };
}
  ? Data
  : unknown;

/**
 * Starts a session and, where `"cookie"` is among the carriers, sets its cookie. The session of the token that
 * the request came with, if any, is ended first: nobody else who holds that token comes along (session
 * fixation; OWASP ASVS 7.2.4).
 *
 * The route needs `rwtAuth` before it, with `optional: true` or `verify: false` so that strangers can sign in.
 *
 * @param data - any JSON value, usually the user
 * @returns the token, for clients that carry it themselves
 * @throws MiddlewareMissingError where no `rwtAuth` ran before
 * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
 * @throws HTTPException 503 while the store is out
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rwtAuth, signIn, signOut } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
 * const app = new Hono();
 * const carried = rwtAuth({ rwt, from: ["cookie"], verify: false });
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
  data: SessionDataOf<E>,
  options?: SignOptions,
): Promise<string> {
  const state = stateOf(c, "signIn");
  const { rwt, cookie, unavailableAnswer } = state;
  if (state.session !== null) await rwt.destroy(state.token).catch(unavailableAnswer);
  const token = await rwt.sign(data, options).catch(unavailableAnswer);
  authStates.set(c, { ...state, token, session: undefined });
  if (cookie !== undefined) {
    const maxAge = Math.min(rwt.maxLifetime, MAX_COOKIE_AGE);
    setCookie(c, cookie.name, token, {
      ...scopeOf(cookie),
      sameSite: cookie.sameSite,
      httpOnly: true,
      ...(cookie.persistent && { maxAge }),
    });
  }
  return token;
}

/**
 * Ends the session of the request's token, for every service, and clears the cookie.
 *
 * @returns whether there was a session to end
 * @throws MiddlewareMissingError where no `rwtAuth` ran before
 * @throws HTTPException 503 while the store is out: the cookie is cleared, but the session may still live
 */
export async function signOut(c: Context): Promise<boolean> {
  const state = stateOf(c, "signOut");
  const { rwt, token, cookie, unavailableAnswer } = state;
  if (cookie !== undefined) {
    deleteCookie(c, cookie.name, scopeOf(cookie));
  }
  const removed = await rwt.destroy(token).catch(unavailableAnswer);
  authStates.set(c, { ...state, token: undefined, session: null });
  return removed;
}

/** A cookie is cleared by the same scope that it was set with. */
const scopeOf = ({
  path,
  secure,
  domain,
}: CookieSettings): { path: string; secure: boolean; domain?: string } => ({
  path,
  secure,
  ...(domain !== undefined && { domain }),
});

function stateOf(c: Context, caller: string): AuthState {
  const state = authStates.get(c);
  if (state !== undefined) return state;
  throw new MiddlewareMissingError(
    `${caller} needs rwtAuth before it on the route, with verify: false or optional: true`,
  );
}
