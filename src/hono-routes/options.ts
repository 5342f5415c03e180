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
   * The service, or a function that makes it from the context, as for `rwtAuth`.
   *
   * An introspection calls its `verify`, which restarts the idle timeout if the service has `verifyExtendsToken`: a check by
   * another service is a use of the session. Pass a service without that option to look at sessions without extending them.
   * Don't pass one with the option `upgrade` of `legacy()`: the user would never get the new token.
   */
  readonly rwt: Rwt<Input, Output> | ((c: Context) => Rwt<Input, Output>);
  /**
   * The services that may call the routes; or, on Workers, where secrets come with the request, a function that makes this
   * array from the context. It is called once for each `c.env`.
   */
  readonly clients: readonly RouteClient[] | ((c: Context) => readonly RouteClient[]);
  /**
   * Returns an object of further members for the answer to an introspection. It can't replace those that the routes set.
   *
   * @param client - the id of the client that asks
   * @default none: no client sees the session's data
   */
  readonly claims?: ((session: Session<Output>, client: string) => object | Promise<object>) | undefined;
  /**
   * Seconds in the `Retry-After` of a 503: when the client should retry.
   * @default 5
   */
  readonly retryAfter?: number | undefined;
  /** Returns your own response to a refusal, or logs it; `failure.response` is the default one. */
  readonly onFailure?: ((c: Context, failure: RouteFailure) => Response | Promise<Response>) | undefined;
}

/** The options, checked, with defaults filled in. */
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
