import type { Context } from "hono";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { CookieSettings } from "./cookie-options.ts";

/** What `rwtAuth` found out about a request, for `signIn`, `signOut` and a second `rwtAuth` on its way. */
export interface AuthState {
  readonly rwt: Rwt;
  /** What the request came with, the one that counts first. */
  readonly tokens: readonly string[];
  /** `null` where the first token is known to be dead, `undefined` where it wasn't checked. */
  readonly session: Session | null | undefined;
  /** None where the cookie isn't among the carriers. */
  readonly cookie: CookieSettings | undefined;
  /** Turns an outage into this middleware's refusal as an exception, and throws anything else again. */
  readonly refuseOutage: (error: unknown) => Promise<never>;
}

/** Beside the context rather than in its variables, so that no token shows up in an app's own `c.var`. */
export const authStates: WeakMap<Context, AuthState> = new WeakMap();
