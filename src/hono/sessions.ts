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
  const read = stateOf(c, "rotateSession");
  const { rwt, cookie, refuseOutage } = read;
  const { rotate } = sessionsOf(rwt);
  const state = await checkedState(c, read);
  // The first one also where none is live: it may be a retry, whose answer was lost.
  const [token, ...others] = state.session ? state.tokens : read.deciding;
  const fresh = await rotate(token, options).catch(refuseOutage);
  if (fresh === null) return null;
  keepState(c, { ...state, tokens: [fresh, ...others] });
  if (cookie) {
    // A retry's own token is dead, so nobody knows yet what the user chose.
    const session = state.session ?? (await rwt.verify(fresh).catch(refuseOutage));
    const { persistent } = { ...session?.meta };
    const kept = typeof persistent === "boolean" ? { ...cookie, persistent } : cookie;
    // The service's clock, unless the service is a wrapper of the caller's.
    const now = partsIn(rwt)?.settings.now ?? systemClock;
    const secondsLeft = session ? session.deadline - Math.floor(now()) : rwt.maxLifetime;
    addCookie(c, kept, fresh, secondsLeft);
  }
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
  const read = stateOf(c, "endOtherSessions");
  const sessions = sessionsOf(read.rwt);
  const state = await checkedState(c, read);
  const subject = state.session?.subject;
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
  const read = stateOf(c, "listSessions");
  const sessions = sessionsOf(read.rwt);
  const state = await checkedState(c, read);
  const subject = state.session?.subject;
  if (subject === undefined) return { sessions: [], cursor: undefined };
  return sessions.list(subject, { ...options, current: state.tokens[0] }).catch(state.refuseOutage);
}

/** The state once somebody has looked: after `signIn`, and behind `rwtCarrier`, nobody has yet. */
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
