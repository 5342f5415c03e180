import type { Context, Env } from "hono";
import { MiddlewareMissingError } from "../errors.ts";
import type { Carried } from "../request/carriers.ts";
import { type SessionCookie, setCookieHeader } from "../request/cookie.ts";
import type { CookieSettings } from "../request/cookie-options.ts";
import type { AnyRwt } from "../rwt.ts";

/** What a middleware knows about a request, for `signIn`, `signOut` and later middlewares. */
export interface AuthState extends Carried {
  readonly rwt: AnyRwt;
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

/** Has the answer set the cookie, whoever makes it: Hono gives `c.header`'s to its own answers, and `c.res`'s to any. */
export function addCookie(c: Context, cookie: SessionCookie | undefined): void {
  if (cookie && c.res) c.header("Set-Cookie", setCookieHeader(cookie), { append: true });
}

/** @param caller - the function that needs the state, for the error's message */
export function stateOf(c: Context, caller: string): AuthState {
  const state = stateIn(c);
  if (state) return state;
  throw new MiddlewareMissingError(`${caller} needs rwtAuth or rwtCarrier before it`);
}
