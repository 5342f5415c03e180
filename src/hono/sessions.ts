import type { Context } from "hono";
import { sessionCookie } from "../request/cookie.ts";
import {
  checkedHolder,
  endAll,
  endOthers,
  listOwn,
  reauthenticateHeld,
  rotateHeld,
} from "../request/own-sessions.ts";
import { watchHeld } from "../request/watch-held.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";
import type { SessionWatch, WatchCallOptions } from "../watch/types.ts";
import { type AuthState, addCookie, keepState, stateOf } from "./state.ts";

/**
 * Gives the request's session a new token, and sets the cookie if `"cookie"` is a carrier. Call it from time to time. When
 * privileges change, use `reauthenticate`.
 *
 * @param options - unless they say otherwise, the old token works for 10 more seconds, because browsers send requests in parallel
 *   and resend a request whose response was lost
 * @returns the new token, for clients that store it themselves; `null` if the request has no live session
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError if the service is without `sessions()`
 * @throws HTTPException 503 while the store doesn't answer
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rotateSession, rwtAuth } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 * import { sessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
 * const app = new Hono();
 * app.post("/start", rwtAuth({ rwt, from: ["cookie"] }), async (c) => {
 *   await rotateSession(c);
 *   return c.body(null, 204);
 * });
 * ```
 */
export async function rotateSession(c: Context, options?: RotateOptions): Promise<string | null> {
  const { refuseOutage } = stateOf(c, "rotateSession");
  const state = await checkedState(c, "rotateSession");
  const rotated = await rotateHeld(state, options).catch(refuseOutage);
  if (rotated === null) return null;
  const { token, cookie } = rotated;
  const [, ...others] = state.session ? state.tokens : state.deciding;
  // The rotation ran at the primary. If it was the retry of one whose reply was lost, the session isn't known yet.
  const session = state.session ?? undefined;
  keepState(c, { ...state, tokens: [token, ...others], deciding: [token], session, isFresh: true });
  addCookie(c, cookie);
  return token;
}

/**
 * Records that the request's user has just proved again who they are (step-up), gives the session a new token, and sets the cookie if
 * `"cookie"` is a carrier. The old token ends at once (OWASP ASVS 7.2.4, 7.5.3). `c.var.session` then has the new `auth`.
 *
 * @param auth - replaces what the session held: give all methods that the user has used
 * @returns the new token, for clients that store it themselves; `null` if the request has no live session
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError, OptionRangeError if `auth` is wrong; OptionTypeError if the service is without `sessions()`
 * @throws HTTPException 503 while the store doesn't answer
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { reauthenticate, rwtAuth } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 * import { sessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
 * const app = new Hono();
 * app.post("/confirm", rwtAuth({ rwt, from: ["cookie"] }), async (c) => {
 *   await reauthenticate(c, { amr: ["pwd"] }); // after checking the password
 *   return c.redirect("/");
 * });
 * app.post("/delete-account", rwtAuth({ rwt, from: ["cookie"], require: { maxAge: 300 } }), (c) => c.text("deleted"));
 * ```
 */
export async function reauthenticate(c: Context, auth: AuthenticationInput): Promise<string | null> {
  const state = await checkedState(c, "reauthenticate");
  const steppedUp = await reauthenticateHeld(state, auth).catch(state.refuseOutage);
  if (steppedUp === null) return null;
  const { token, cookie, session } = steppedUp;
  const tokens = [token, ...state.tokens.slice(1)];
  keepState(c, { ...state, tokens, deciding: [token], session, isFresh: true });
  c.set("session", session);
  addCookie(c, cookie);
  return token;
}

/**
 * Ends every other session of the request's subject: "log out everywhere else" (OWASP ASVS 7.4.3).
 *
 * @returns what `destroyAll` returns; `false` if the session has no subject, or the request no live session
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError if the service is without `sessions()`
 * @throws HTTPException 503 while the store doesn't answer: some sessions may still be live
 */
export async function endOtherSessions(c: Context): Promise<boolean> {
  const state = await checkedState(c, "endOtherSessions");
  return endOthers(state).catch(state.refuseOutage);
}

/**
 * Ends all sessions of the request's subject, its own too, and clears the cookie: "sign out everywhere" (OWASP ASVS 7.4.3). A session
 * without a subject ends alone. Put `rwtAuth` before it, which refuses requests without a live session.
 *
 * @returns whether there was a live session; if not, nothing ends and the cookie stays
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError if the service is without `sessions()`
 * @throws HTTPException 503 while the store doesn't answer: the cookie stays, so that the user can retry
 */
export async function signOutEverywhere(c: Context): Promise<boolean> {
  const state = await checkedState(c, "signOutEverywhere");
  const ended = await endAll(state).catch(state.refuseOutage);
  if (!state.session) return ended;
  keepState(c, { ...state, tokens: [], deciding: [], session: null });
  addCookie(c, state.cookie && sessionCookie(state.cookie, ""));
  return ended;
}

/**
 * Lists the live sessions of the request's subject. The request's own one is marked as `current` (OWASP ASVS 7.5.2).
 *
 * @param options - `limit` and `cursor`, as for `list`
 * @returns a page of sessions, which is empty if the session has no subject
 * @throws as `endOtherSessions`
 */
export async function listSessions(c: Context, options?: Omit<ListOptions, "current">): Promise<SessionList> {
  const state = await checkedState(c, "listSessions");
  return listOwn(state, options).catch(state.refuseOutage);
}

/**
 * Watches the request's session for as long as its connection lasts: a WebSocket, server-sent events.
 *
 * @returns its watch, as of `rwt.watch`; `null` if the request has no live session
 * @throws MiddlewareMissingError if neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError if the service is without `watch()`
 * @throws HTTPException 503 while the store doesn't answer
 */
export async function watchSession(c: Context, options: WatchCallOptions = {}): Promise<SessionWatch | null> {
  return watchHeld(await checkedState(c, "watchSession"), options);
}

/** Verifies the tokens, unless the middleware did: after `rwtCarrier` or `signIn`, they aren't verified yet. */
async function checkedState(c: Context, caller: string): Promise<AuthState> {
  const state = stateOf(c, caller);
  const checked = await checkedHolder(state).catch(state.refuseOutage);
  keepState(c, checked);
  return checked;
}
