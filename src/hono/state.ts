import type { Context, Env } from "hono";
import { MiddlewareMissingError } from "../errors.ts";
import type { Carried } from "../request/carriers.ts";
import { type SessionCookie, setCookieHeader } from "../request/cookie.ts";
import type { CookieSettings } from "../request/cookie-options.ts";
import type { AnyRwt } from "../rwt.ts";

/** What a middleware knows about a request, for `signIn`, `signOut` and later middlewares. */
export interface AuthState extends Carried {
  readonly rwt: AnyRwt;
  /** The deciding tokens as the request sent them: calls such as `signIn` change `deciding`. */
  readonly sent: readonly string[];
  /** `undefined` if the cookie isn't a carrier, or the request was refused without its cookie being known as dead. */
  readonly cookie: CookieSettings | undefined;
  /** Throws this middleware's 503 if the error is an outage, and rethrows any other error. */
  readonly refuseOutage: (error: unknown) => never | Promise<never>;
}

const STATE = Symbol();
type Stateful = { [STATE]?: { readonly get: () => AuthState } };

/** The state that an earlier middleware kept. */
export const stateIn = (c: Context): AuthState | undefined => (c as Stateful)[STATE]?.get();

/**
 * Keeps the state on the context, but not in `c.var`, so that an app's own variables contain no token, and behind a function, so
 * that a printed context shows none. With a `WeakMap`, or a function as the property itself, garbage collection would take a tenth
 * of a busy route's time or more.
 */
export function keepState<E extends Env>(c: Context<E>, state: AuthState): void {
  (c as Stateful)[STATE] = { get: () => state };
}

/**
 * Sets the cookie on the response, whoever makes it: reading `c.res` first makes Hono merge the header into any response, and not
 * only into its own, such as that of `c.json`.
 */
export function addCookie(c: Context, cookie: SessionCookie | undefined): void {
  if (cookie && c.res) c.header("Set-Cookie", setCookieHeader(cookie), { append: true });
}

/** The session that `rwtAuth` found, typed by the middleware of the route or by the app's `Variables`. */
export type SessionOf<E extends Env> = E extends { Variables: { session: infer Found } } ? Found : unknown;

/**
 * Returns the session that `rwtAuth` found, as `c.var.session` does, and throws where the route has no `rwtAuth`. Use it in apps whose
 * `Variables` promise a session to all routes: TypeScript can't see there which of them have the middleware.
 *
 * @throws MiddlewareMissingError if `rwtAuth` didn't run before
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { type RwtVariables, sessionOf } from "redis-web-token/hono";
 *
 * const app = new Hono<{ Variables: RwtVariables<{ id: string }> }>();
 * app.get("/me", (c) => c.json(sessionOf(c).data.id)); // throws: the route has no rwtAuth
 * ```
 */
export function sessionOf<E extends Env>(c: Context<E>): SessionOf<E> {
  const session: unknown = c.get("session" as never);
  // rwtCarrier leaves the state's session undefined, since it checks nothing; an optional rwtAuth that finds none, null.
  if (session === undefined && stateIn(c)?.session === undefined)
    throw new MiddlewareMissingError(`sessionOf needs rwtAuth before it: ${c.req.path} has none`);
  return session as SessionOf<E>;
}

/** @param caller - the function that needs the state, for the error's message */
export function stateOf(c: Context, caller: string): AuthState {
  const state = stateIn(c);
  if (state) return state;
  throw new MiddlewareMissingError(`${caller} needs rwtAuth or rwtCarrier before it`);
}
