import type { Context } from "hono";
import { checkedHolder, endOthers, listOwn, rotateHeld } from "../request/own-sessions.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import { type AuthState, addCookie, keepState, stateOf } from "./state.ts";

/**
 * Replaces the request's token, for the same session, and sets its cookie where `"cookie"` is among the carriers: every so often,
 * or with `retry: false` when privileges change (OWASP ASVS 7.2.4).
 *
 * @param options - without it, the old token works for 10 seconds more: browsers send requests at the same time, and resend
 *   one whose answer was lost
 * @returns the new token, for clients that carry it themselves; `null` where the request has no live session
 * @throws MiddlewareMissingError where neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError where its `rwt` is without `sessions()`
 * @throws HTTPException 503 while the store is out
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
 * app.post("/sudo", rwtAuth({ rwt, from: ["cookie"] }), async (c) => {
 *   await rotateSession(c, { retry: false }); // after asking for the password again
 *   return c.redirect("/");
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
  keepState(c, { ...state, tokens: [token, ...others] });
  addCookie(c, cookie);
  return token;
}

/**
 * Ends every other session of the request's subject: "log out everywhere else" (OWASP ASVS 7.4.3).
 *
 * @returns whether there was a person to end them of; `false` where the session has no subject
 * @throws MiddlewareMissingError where neither `rwtAuth` nor `rwtCarrier` ran before
 * @throws OptionTypeError where its `rwt` is without `sessions()`
 * @throws HTTPException 503 while the store is out: some may still live
 */
export async function endOtherSessions(c: Context): Promise<boolean> {
  const state = await checkedState(c, "endOtherSessions");
  return endOthers(state).catch(state.refuseOutage);
}

/**
 * The live sessions of the request's subject, of which one is `current` (OWASP ASVS 7.5.2).
 *
 * @param options - `limit` and `cursor`, as of `list`
 * @returns none where the session has no subject
 * @throws as `endOtherSessions`
 */
export async function listSessions(c: Context, options?: Omit<ListOptions, "current">): Promise<SessionList> {
  const state = await checkedState(c, "listSessions");
  return listOwn(state, options).catch(state.refuseOutage);
}

/** The state once somebody has looked: after `signIn`, and behind `rwtCarrier`, nobody has yet. */
async function checkedState(c: Context, caller: string): Promise<AuthState> {
  const state = stateOf(c, caller);
  const checked = await checkedHolder(state).catch(state.refuseOutage);
  keepState(c, checked);
  return checked;
}
