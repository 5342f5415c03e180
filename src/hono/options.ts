import type { Context } from "hono";
import type { AuthFailure } from "../request/failure.ts";
import type { AuthOptions } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";

/** Options of `rwtAuth`. */
export interface RwtAuthOptions<Input = unknown, Output = Input> extends AuthOptions {
  /**
   * The token service, or a function that makes it from the context where bindings come with the request, as
   * on Workers and Pages. What the function gives is kept for each environment, which is `c.env` or, on Pages, what that is a
   * copy of, and shared by all middlewares that name the same function. Elsewhere pass the service itself: on Node, `c.env` is a
   * new object for each request.
   * The function's `c` may be annotated with your app's bindings: `(c: Context<{ Bindings: Bindings }>) => …`.
   */
  readonly rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>);
  /**
   * Makes your own answer to a refusal; `failure.response` is the one it would be. A `signOut(c)` in it has the browser drop a
   * cookie that was found to be dead.
   */
  readonly onFailure?: ((c: Context, failure: AuthFailure) => Response | Promise<Response>) | undefined;
}

/** Options of `rwtCarrier`: those of `rwtAuth`, but `optional`, since it lets every request through. */
export type RwtCarrierOptions<Input = unknown, Output = Input> = Omit<
  RwtAuthOptions<Input, Output>,
  "optional"
>;
