import { OptionTypeError } from "../errors.ts";
import { kindOf } from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList, SessionMethods } from "../sessions/types.ts";
import { type AuthenticationInput, readAuthentication } from "../token/authentication.ts";
import type { Carried } from "./carriers.ts";
import { endCarried, findLive } from "./check.ts";
import { type SessionCookie, sessionCookie } from "./cookie.ts";
import type { CookieSettings } from "./cookie-options.ts";
import { timeOf } from "./requirement.ts";

/** Seconds for which the old token still works: browsers send requests at the same time, and retry after a lost reply. */
const DEFAULT_GRACE = 10;

/** Fills in the grace. What isn't an object, `rotate` refuses. */
function withGrace(options: RotateOptions): RotateOptions {
  const isOwn = kindOf(options) !== "object" || options.retry === false || options.grace !== undefined;
  return isOwn ? options : { ...options, grace: DEFAULT_GRACE };
}

/** The tokens that came with a request, and the service that knows them. */
export interface Holder extends Carried {
  readonly rwt: AnyRwt;
  /** None if the cookie isn't among the carriers. */
  readonly cookie: CookieSettings | undefined;
}

/** A rotated token, and the cookie that carries it. */
export interface Rotated {
  readonly token: string;
  readonly cookie: SessionCookie | undefined;
}

/** Checks the tokens, unless that has been done. */
export const checkedHolder = async <Held extends Holder>(held: Held): Promise<Held> =>
  held.session === undefined ? { ...held, ...(await findLive(held, held.rwt)) } : held;

/**
 * Rotates the token of a checked holder.
 *
 * @returns `null` if no session is live
 */
export async function rotateHeld(held: Holder, options: RotateOptions = {}): Promise<Rotated | null> {
  const { session, rwt } = held;
  // Without a live session, try the first token all the same: this may be the retry of a rotation whose reply was lost.
  const [current] = session ? held.tokens : held.deciding;
  const token = await methodsOf(rwt).rotate(current, withGrace(options));
  return token === null ? null : { token, cookie: await cookieFor(held, token) };
}

/** The cookie that carries a token of a session, if the cookie is a carrier. */
export async function cookieFor(
  { cookie, session, rwt }: Holder,
  token: string,
): Promise<SessionCookie | undefined> {
  if (!cookie) return undefined;
  // The token of a retry is dead, so nobody knows yet which kind of cookie the user chose.
  const found = session ?? (await rwt.verify(token));
  const { persistent } = { ...found?.meta };
  const kept = typeof persistent === "boolean" ? { ...cookie, persistent } : cookie;
  const secondsLeft = found ? found.deadline - Math.floor(timeOf(rwt)) : rwt.maxLifetime;
  return sessionCookie(kept, token, secondsLeft);
}

/** A new token after a step-up, and the session as it is now. */
export interface SteppedUp extends Rotated {
  readonly session: Session;
}

/**
 * Records that the user of a checked holder's session has proved again who they are, and replaces the token.
 *
 * @returns `null` if no session is live
 */
export async function reauthenticateHeld(held: Holder, auth: AuthenticationInput): Promise<SteppedUp | null> {
  const { session, rwt, tokens } = held;
  const methods = methodsOf(rwt);
  const proved = readAuthentication(auth, Math.floor(timeOf(rwt)));
  const token = session ? await methods.reauthenticate(tokens[0], proved) : null;
  if (!session || token === null) return null;
  return { token, cookie: await cookieFor(held, token), session: { ...session, auth: proved } };
}

/** Ends the other sessions of a checked holder's subject. */
export async function endOthers({ rwt, session, tokens }: Holder): Promise<boolean> {
  const sessions = methodsOf(rwt);
  const subject = session?.subject;
  return subject !== undefined && sessions.destroyAll(subject, { except: tokens[0] });
}

/**
 * Ends all sessions of a checked holder's subject, its own too, in one write. A session without a subject ends alone. Further tokens
 * that came with the request end first, so that a retry after an outage still has the live one.
 *
 * @returns whether there was a live session
 */
export async function endAll({ rwt, session, tokens }: Holder): Promise<boolean> {
  const sessions = methodsOf(rwt);
  if (!session) return false;
  const { subject } = session;
  if (subject === undefined) return endCarried({ rwt, tokens });
  await endCarried({ rwt, tokens: tokens.slice(1) });
  return sessions.destroyAll(subject);
}

/** Lists the sessions of a checked holder's subject, and marks its own as current. */
export async function listOwn(
  { rwt, session, tokens }: Holder,
  options?: Omit<ListOptions, "current">,
): Promise<SessionList> {
  const sessions = methodsOf(rwt);
  const subject = session?.subject;
  if (subject === undefined) return { sessions: [], cursor: undefined };
  return sessions.list(subject, { ...options, current: tokens[0] });
}

function methodsOf(rwt: object): SessionMethods {
  if ("rotate" in rwt) return rwt as SessionMethods;
  throw new OptionTypeError("rwt", "this needs a service with sessions(): createRwt(…).with(sessions())");
}
