import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { StoreUnavailableError } from "../errors.ts";
import { keptFor } from "../hono/service.ts";
import { MAX_SECONDS, typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { TokenMethods } from "../sessions/types.ts";
import type { RouteAction } from "./clients.ts";
import { invalidClient, NO_STORE, type RouteFailure, refusal, unavailable } from "./failure.ts";
import { readForm, type TokenForm } from "./form.ts";
import { type RwtRoutesOptions, readRoutesOptions } from "./options.ts";

/** A call of an authenticated client. */
interface Call<Input, Output> extends TokenForm {
  readonly rwt: Rwt<Input, Output>;
  /** The client's id. */
  readonly client: string;
}

/**
 * Routes for services that have no Redis: `POST /introspect` (RFC 7662), `POST /revoke` (RFC 7009) and
 * `POST /token/extend`. They take a form with the parameter `token`, from clients that authenticate by HTTP Basic
 * (client_secret_basic) or by a Bearer secret. Mount them under a path, and serve them over TLS only.
 *
 * - `/introspect` returns `{"active":false}` for anything that isn't a live token. Otherwise it returns `active`, `token_type`,
 *   `sub`, `iat`, `exp`, `sid` if the service has `sessions()`, `auth_time`, `acr` and `amr` (RFC 9470 §6.2) and `act` (RFC 8693 §4.1)
 *   if `sign` or `reauthenticate` was told, and what `claims` adds. `exp` is the session's deadline: the
 *   session may end earlier, by its idle timeout or `destroy`, so don't cache the response.
 * - `/revoke` returns 200, even if there was no session.
 * - `/token/extend` restarts the idle timeout, with the parameter `expire` for that many seconds, and returns `{"active":true}`,
 *   or `{"active":false}` if the token isn't live.
 *
 * Refusals are Hono `HTTPException`s, so `app.onError` sees them, unless `onFailure` returns a response: 400, 413 or 415 for an
 * invalid form, 401 for an unknown client, 403 for a client that isn't allowed to, 405 for other methods than POST, and 503 with
 * `Retry-After` while the store doesn't answer. After a 503, assume that the token is still live (RFC 7009 §2.2.1).
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rwtRoutes } from "redis-web-token/hono-routes";
 * import { memoryStore } from "redis-web-token/memory";
 * import { sessions } from "redis-web-token/sessions";
 *
 * const rwt = createRwt<{ role: string }>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
 * const clients = [{ id: "billing", secret: "openssl rand -base64 32 makes one", may: ["introspect" as const] }];
 * const app = new Hono();
 * app.route("/oauth", rwtRoutes({ rwt, clients, claims: ({ data }) => ({ role: data.role }) }));
 * ```
 */
export function rwtRoutes<Input = unknown, Output = Input>(options: RwtRoutesOptions<Input, Output>): Hono {
  const { rwt, clients, claims, retryAfter, onFailure } = readRoutesOptions(options);
  const app = new Hono();

  async function respond(
    c: Context,
    action: RouteAction,
    work: (call: Call<Input, Output>) => Promise<Response | RouteFailure>,
  ): Promise<Response | RouteFailure> {
    if (c.req.method !== "POST") {
      const details = {
        status: 405,
        error: "invalid_request",
        description: "The method must be POST",
      } as const;
      return refusal(details, { Allow: "POST" });
    }
    // Authenticate before the body is read, so that strangers can't make the server buffer one.
    const authorization = c.req.header("Authorization") ?? "";
    const known = typeof clients === "function" ? keptFor(clients, c) : clients;
    const client = await known.authenticate(authorization);
    if (client === undefined) return invalidClient(authorization);
    const { id, may } = client;
    if (!may.includes(action)) {
      const description = `The client must not ${action}`;
      return refusal({ status: 403, error: "unauthorized_client", description, client: id });
    }
    const form = await readForm(c, id);
    if ("status" in form) return form;
    try {
      return await work({ ...form, rwt: rwt(c), client: id });
    } catch (error) {
      if (error instanceof StoreUnavailableError) return unavailable(retryAfter, id, error);
      throw error;
    }
  }

  function route(
    path: string,
    action: RouteAction,
    work: (call: Call<Input, Output>) => Promise<Response | RouteFailure>,
  ): void {
    app.all(path, async (c) => {
      const answer = await respond(c, action, work);
      if (answer instanceof Response) return answer;
      if (onFailure) return onFailure(c, answer);
      const { status, response: res, description, cause } = answer;
      throw new HTTPException(status, { res, message: description, cause });
    });
  }

  route("/introspect", "introspect", async ({ rwt, token, client }) => {
    const session = await rwt.verify(token);
    if (session === null) return json({ active: false });
    const further: unknown = await claims(session, client);
    if (!isObject(further)) throw typeError("claims", "a function that returns an object", further);
    return json({ ...further, ...(await introspectionOf(rwt, token, session)) });
  });

  route("/revoke", "revoke", async ({ rwt, token }) => {
    await rwt.destroy(token);
    return new Response(null, { headers: NO_STORE });
  });

  route("/token/extend", "extend", async ({ rwt, token, parameters, client }) => {
    const expire = readExpire(parameters.get("expire"));
    if (Number.isNaN(expire)) {
      const description = "The parameter expire must be a whole number of seconds";
      return refusal({ status: 400, error: "invalid_request", description, client });
    }
    return json({ active: await rwt.extend(token, { expire }) });
  });

  return app;
}

const json = (body: object): Response => Response.json(body, { headers: NO_STORE });

/** The members that the routes set. `claims` can add those that they leave out. */
async function introspectionOf(rwt: object, token: string, session: Session): Promise<object> {
  const { subject, issuedAt, deadline, auth, act } = session;
  const sid = await (rwt as Partial<TokenMethods>).idOf?.(token);
  return {
    active: true,
    token_type: "Bearer",
    ...(subject !== undefined && { sub: subject }),
    // A token of an old library doesn't contain the time of its sign.
    ...(issuedAt > 0 && { iat: issuedAt }),
    exp: deadline,
    ...(sid && { sid }),
    ...(auth && { auth_time: auth.at }),
    ...(auth?.acr !== undefined && { acr: auth.acr }),
    ...(auth?.amr && { amr: auth.amr }),
    ...(act && { act }),
  };
}

/** Seconds; NaN for an invalid number. */
function readExpire(text: string | null): number | undefined {
  if (!text) return undefined;
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= MAX_SECONDS ? seconds : Number.NaN;
}
