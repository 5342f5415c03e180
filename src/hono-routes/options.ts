import type { Context } from "hono";
import { serviceOf } from "../hono/service.ts";
import { callable, knownOptions, typeError, wholeNumber } from "../lib/check.ts";
import { isService } from "../request/options.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { type Clients, createClients, type RouteClient } from "./clients.ts";
import type { RouteFailure } from "./failure.ts";

/** Options of `rwtRoutes`. */
export interface RwtRoutesOptions<Input = unknown, Output = Input> {
  /**
   * The token service, or a function that makes it from the context, as `rwtAuth`'s. An introspection is its `verify`: it
   * restarts the idle time where the service has `verifyExtendsToken`, for a resource server's check is a use of the
   * session. Pass a service without it to look and not touch. Don't pass one with `legacy.upgrade`: nobody would hand the
   * user the new token.
   */
  readonly rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>);
  /**
   * Who may call; or a function that gives them, where secrets come with the request, as on Workers: what it gives is
   * kept for each `c.env` object.
   */
  readonly clients: readonly RouteClient[] | ((c: Context) => readonly RouteClient[]);
  /**
   * Further members of an active introspection, as a JSON object; what the routes say themselves can't be changed.
   *
   * @param client - the id of the client that asks
   * @default none: the session's data is given to nobody
   */
  readonly claims?: ((session: Session<Output>, client: string) => object | Promise<object>) | undefined;
  /**
   * Seconds after which a client shall try again, while the store is out.
   * @default 5
   */
  readonly retryAfter?: number | undefined;
  /** Makes your own answer to a refusal, or logs it; `failure.response` is the one it would be. */
  readonly onFailure?: ((c: Context, failure: RouteFailure) => Response | Promise<Response>) | undefined;
}

/** Options after their checks, defaults filled in. */
export interface RoutesSettings<Input, Output> {
  readonly rwt: (c: Context) => Rwt<Input, Output>;
  readonly clients: Clients | ((c: Context) => Clients);
  readonly claims: NonNullable<RwtRoutesOptions<Input, Output>["claims"]>;
  readonly retryAfter: number;
  readonly onFailure: RwtRoutesOptions<Input, Output>["onFailure"];
}

export function readRoutesOptions<Input, Output>(
  options: RwtRoutesOptions<Input, Output>,
): RoutesSettings<Input, Output> {
  const what = "rwtRoutes's options";
  if (isService(options)) throw typeError(what, "an object such as { rwt, clients }", options);
  const given = knownOptions(what, options, ["rwt", "clients", "claims", "retryAfter", "onFailure"]);
  const { rwt, clients, claims = () => ({}), retryAfter = 5, onFailure } = given;
  callable("claims", claims);
  if (onFailure !== undefined) callable("onFailure", onFailure);
  return {
    rwt: serviceOf(rwt),
    clients: typeof clients === "function" ? (c) => createClients(clients(c)) : createClients(clients),
    claims,
    retryAfter: wholeNumber("retryAfter", "seconds", retryAfter),
    onFailure,
  };
}
