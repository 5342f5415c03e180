import type { Context } from "hono";
import type { AuthFailure } from "../request/failure.ts";
import type { AuthOptions } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** Options of `rwtAuth`. */
export interface RwtAuthOptions<Data = unknown> extends AuthOptions {
  /**
   * The token service, or a function that makes it from the context where bindings come with the request, as
   * on Workers. What the function gives is kept for each `c.env` object, and shared by all middlewares that name
   * the same function. Elsewhere pass the service itself: on Node, `c.env` is a new object for each request.
   * The function's `c` may be annotated with your app's bindings: `(c: Context<{ Bindings: Bindings }>) => …`.
   */
  readonly rwt: Rwt<Data> | ((c: Context) => Rwt<Data>);
  /**
   * Whether the token is checked. `false` only reads it, for routes that just sign in or out: everyone passes,
   * with no `c.var.session` and no round trip, and a browser can log out while the store is out.
   * @default true
   */
  readonly verify?: boolean | undefined;
  /** Makes your own answer to a refusal; `failure.response` is the one it would be. */
  readonly onFailure?: ((c: Context, failure: AuthFailure) => Response | Promise<Response>) | undefined;
}
