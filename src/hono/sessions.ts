import type { Context } from "hono";
import { OptionTypeError } from "../errors.ts";
import { setCookie } from "../request/cookie.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList, SessionRwt } from "../sessions/types.ts";
import { type AuthState, keepState, stateOf } from "./state.ts";

/** Seconds. */
const DEFAULT_GRACE = 10;

/**
 * Puts a new token in the place of the request's, for the same session, and sets its cookie where `"cookie"` is among the
 * carriers: when privileges change (OWASP ASVS 7.2.4), or every so often.
 *
 * @param options - without it, the old token works for 10 seconds more: browsers send requests at the same time, and send
 *   one again whose answer was lost
 * @returns the new token, for clients that carry it themselves; `null` where the request has no live session
 * @throws MiddlewareMissingError where no `rwtAuth` ran before
 * @throws OptionTypeError where its `rwt` isn't of `createRwtWithSessions`
 * @throws HTTPException 503 while the store is out
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { rotateSession, rwtAuth } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 * import { createRwtWithSessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwtWithSessions({ store: memoryStore(), secret: "s".repeat(32) });
 * const app = new Hono();
 * app.post("/sudo", rwtAuth({ rwt, from: ["cookie"] }), async (c) => {
 *   await rotateSession(c, { grace: 10 }); // after asking for the password again
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
 * @returns how many there were; 0 where the session has no subject
 * @throws MiddlewareMissingError where no `rwtAuth` ran before
 * @throws OptionTypeError where its `rwt` isn't of `createRwtWithSessions`
 * @throws HTTPException 503 while the store is out: some may still live
 */
export async function endOtherSessions(c: Context): Promise<number> {
  const state = stateOf(c, "endOtherSessions");
  const sessions = sessionsOf(state.rwt);
  const subject = await subjectOf(state);
  if (subject === undefined) return 0;
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

/** Whose request it is. After `signIn`, and with `verify: false`, nobody has looked yet. */
async function subjectOf({ rwt, tokens, session, refuseOutage }: AuthState): Promise<string | undefined> {
  const known = session === undefined ? await rwt.verify(tokens[0]).catch(refuseOutage) : session;
  return known?.subject;
}

function sessionsOf(rwt: object): SessionRwt {
  if ("rotate" in rwt) return rwt as SessionRwt;
  throw new OptionTypeError("rwt", "rwtAuth's rwt must be what createRwtWithSessions gives, for this");
}
