import type { Context } from "hono";
import { OptionTypeError } from "../errors.ts";
import { systemClock } from "../lib/clock.ts";
import { findLive } from "../request/check.ts";
import { partsIn } from "../service.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList, SessionMethods } from "../sessions/types.ts";
import { type AuthState, addCookie, keepState, stateOf } from "./state.ts";

/** Seconds. */
const DEFAULT_GRACE = 10;

/**
 * Gives the request's session a new token, and sets the cookie if `"cookie"` is a carrier. Call it from time to time, and with
 * `retry: false` when privileges change (OWASP ASVS 7.2.4).
 *
 * @param options - if you leave it out, the old token works for 10 more seconds, because browsers send requests in parallel and
 *   resend a request whose response was lost
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
  const read = stateOf(c, "rotateSession");
  const { rwt, cookie, refuseOutage } = read;
  const { rotate } = sessionsOf(rwt);
  const state = await checkedState(c, read);
  // Try the first token even if none is live: this may be the retry of a rotation whose response was lost.
  const [token, ...others] = state.session ? state.tokens : read.deciding;
  const fresh = await rotate(token, options).catch(refuseOutage);
  if (fresh === null) return null;
  keepState(c, { ...state, tokens: [fresh, ...others] });
  if (cookie) {
    // A retry's own token is dead, so read by the new one whether the user chose a persistent cookie.
    const session = state.session ?? (await rwt.verify(fresh).catch(refuseOutage));
    const { persistent } = { ...session?.meta };
    const kept = typeof persistent === "boolean" ? { ...cookie, persistent } : cookie;
    // A caller's own wrapper around a service has no parts, so that its clock is unknown.
    const now = partsIn(rwt)?.settings.now ?? systemClock;
    const secondsLeft = session ? session.deadline - Math.floor(now()) : rwt.maxLifetime;
    addCookie(c, kept, fresh, secondsLeft);
  }
  return fresh;
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
  const read = stateOf(c, "endOtherSessions");
  const sessions = sessionsOf(read.rwt);
  const state = await checkedState(c, read);
  const subject = state.session?.subject;
  if (subject === undefined) return false;
  return sessions.destroyAll(subject, { except: state.tokens[0] }).catch(state.refuseOutage);
}

/**
 * Lists the live sessions of the request's subject. The request's own one is marked as `current` (OWASP ASVS 7.5.2).
 *
 * @param options - `limit` and `cursor`, as for `list`
 * @returns a page of sessions, which is empty if the session has no subject
 * @throws as `endOtherSessions`
 */
export async function listSessions(c: Context, options?: Omit<ListOptions, "current">): Promise<SessionList> {
  const read = stateOf(c, "listSessions");
  const sessions = sessionsOf(read.rwt);
  const state = await checkedState(c, read);
  const subject = state.session?.subject;
  if (subject === undefined) return { sessions: [], cursor: undefined };
  return sessions.list(subject, { ...options, current: state.tokens[0] }).catch(state.refuseOutage);
}

/** Verifies the tokens, unless the middleware did: after `rwtCarrier` or `signIn`, they aren't verified yet. */
async function checkedState(c: Context, state: AuthState): Promise<AuthState> {
  if (state.session !== undefined) return state;
  const { rwt, refuseOutage } = state;
  const found = await findLive(state, rwt).catch(refuseOutage);
  const checked = { ...state, ...found };
  keepState(c, checked);
  return checked;
}

function sessionsOf(rwt: object): SessionMethods {
  if ("rotate" in rwt) return rwt as SessionMethods;
  throw new OptionTypeError("rwt", "rwtAuth's rwt needs sessions() for this: createRwt(…).with(sessions())");
}
