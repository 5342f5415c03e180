import type { Context } from "hono";
import type { AuthFailure } from "../request/failure.ts";
import type { AuthOptions } from "../request/options.ts";
import type { AuthRequirement } from "../request/requirement.ts";
import type { Rwt } from "../rwt.ts";

/** Options of `rwtAuth`. */
export interface RwtAuthOptions<Input = unknown, Output = Input> extends AuthOptions {
  /**
   * The service; or, on Workers and Pages, where bindings come with the request, a function that makes it from the context.
   *
   * The function is called once for each environment (`c.env`; on Pages the object that `c.env` copies), and all middlewares
   * that are given the same function share the service. It is called once for the process if it has no parameter, and where there
   * are no bindings: behind `@hono/node-server` and `Deno.serve`, on Vercel, Netlify and AWS Lambda. You may annotate the function's
   * `c` with your app's bindings: `(c: Context<{ Bindings: Bindings }>) => …`.
   */
  readonly rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>);
  /**
   * What the session's user must have proved (step-up): else 401 with the challenge of RFC 9470. It ends no session and clears no
   * cookie. `optional` must be false.
   * @default nothing
   */
  readonly require?: AuthRequirement | undefined;
  /**
   * Returns your own response to a refusal, of any status; `failure.response` is the default one.
   *
   * Call `signOut(c)` in it to make the browser drop a cookie whose session has ended.
   */
  readonly onFailure?: ((c: Context, failure: AuthFailure) => Response | Promise<Response>) | undefined;
}

/** Options of `rwtCarrier`: those of `rwtAuth` except `optional`, `fresh` and `require`, since it lets every request through. */
export type RwtCarrierOptions<Input = unknown, Output = Input> = Omit<
  RwtAuthOptions<Input, Output>,
  "optional" | "fresh" | "require"
>;
