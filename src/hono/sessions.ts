import type { Context } from "hono";
import { OptionTypeError } from "../errors.ts";
import { setCookie } from "../request/cookie.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList, SessionMethods } from "../sessions/types.ts";
import { type AuthState, keepState, stateOf } from "./state.ts";

/** Seconds. */
const DEFAULT_GRACE = 10;

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
export async function rotateSession(
  c: Context,
  options: RotateOptions = { grace: DEFAULT_GRACE },
): Promise<string | null> {
  const state = stateOf(c, "rotateSession");
  const { rwt, tokens, cookie, refuseOutage } = state;
  const [token, ...others] = tokens;
  const fresh = await sessionsOf(rwt).rotate(token, options).catch(refuseOutage);
  if (fresh === null) return null;
  keepState(c, { ...state, tokens: [fresh, ...others], presented: state.presented ?? token });
  if (cookie) c.header("Set-Cookie", setCookie(cookie, fresh, rwt.maxLifetime), { append: true });
  return fresh;
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
  const state = stateOf(c, "endOtherSessions");
  const sessions = sessionsOf(state.rwt);
  const subject = await subjectOf(state);
  if (subject === undefined) return false;
  return sessions.destroyAll(subject, { except: state.tokens[0] }).catch(state.refuseOutage);
}

/**
 * The live sessions of the request's subject, of which one is `current` (OWASP ASVS 7.5.2).
 *
 * @param options - `limit` and `cursor`, as of `list`
 * @returns none where the session has no subject
 * @throws as `endOtherSessions`
 */
export async function listSessions(c: Context, options?: Omit<ListOptions, "current">): Promise<SessionList> {
  const state = stateOf(c, "listSessions");
  const sessions = sessionsOf(state.rwt);
  const subject = await subjectOf(state);
  if (subject === undefined) return { sessions: [], cursor: undefined };
  return sessions.list(subject, { ...options, current: state.tokens[0] }).catch(state.refuseOutage);
}

/** Whose request it is. After `signIn`, and behind `rwtCarrier`, nobody has looked yet. */
async function subjectOf({ rwt, tokens, session, refuseOutage }: AuthState): Promise<string | undefined> {
  const known = session === undefined ? await rwt.verify(tokens[0]).catch(refuseOutage) : session;
  return known?.subject;
}

function sessionsOf(rwt: object): SessionMethods {
  if ("rotate" in rwt) return rwt as SessionMethods;
  throw new OptionTypeError("rwt", "rwtAuth's rwt needs sessions() for this: createRwt(…).with(sessions())");
}
