import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { OptionTypeError, StoreUnavailableError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { readToken } from "./carriers.ts";
import { type AuthFailure, invalidRequest, invalidToken, noToken, unavailable } from "./failure.ts";
import { isService, type RwtAuthOptions, readAuthOptions } from "./options.ts";
import { type AuthState, authStates } from "./state.ts";

/**
 * What `rwtAuth` puts into the context.
 *
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import type { RwtVariables } from "redis-web-token/hono";
 *
 * const app = new Hono<{ Variables: RwtVariables<{ id: string }> }>();
 * app.get("/private/me", (c) => c.json(c.var.session.data.id));
 * ```
 */
export interface RwtVariables<Data = unknown> {
  /** The live session of the request's token. */
  session: Session<Data>;
}

/** What `rwtAuth` with `optional: true` or `verify: false` puts into the context. */
export interface OptionalRwtVariables<Data = unknown> {
  /** The live session of the request's token, if it has one. */
  session: Session<Data> | undefined;
}

/**
 * Lets a request through only with a live token, and puts its session into `c.var.session`.
 *
 * Without a token the answer is 401 with a challenge; with a bad one 401 and `invalid_token`; with one that is
 * carried wrongly 400 and `invalid_request` (RFC 6750 §3.1); while the store is out 503 and `Retry-After`,
 * never a 401. Refusals are Hono `HTTPException`s, so `app.onError` sees them. Answers that pass get
 * `Cache-Control: no-store` unless they say otherwise (OWASP ASVS 14.3.2).
 *
 * @throws OptionTypeError, OptionRangeError where an option is wrong
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rwtAuth, type RwtVariables } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * interface User { id: string }
 * const rwt = createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) });
 * const app = new Hono<{ Variables: RwtVariables<User> }>();
 * app.use("/private/*", rwtAuth({ rwt, from: ["bearer", "cookie"] }));
 * app.get("/private/me", (c) => c.json(c.var.session.data));
 * ```
 */
export function rwtAuth<Data>(
  options: RwtAuthOptions<Data> & ({ readonly optional: true } | { readonly verify: false }),
): MiddlewareHandler<{ Variables: OptionalRwtVariables<Data> }>;
export function rwtAuth<Data>(
  options: RwtAuthOptions<Data>,
): MiddlewareHandler<{ Variables: RwtVariables<Data> }>;
export function rwtAuth<Data>(options: RwtAuthOptions<Data>): MiddlewareHandler {
  const settings = readAuthOptions(options);
  const { onFailure } = options;
  const serviceOf = servicePerEnvironment(options.rwt);

  async function refuse(c: Context, failure: AuthFailure): Promise<never> {
    const res = onFailure === undefined ? failure.response : await onFailure(c, failure);
    const { status, error, cause } = failure;
    throw new HTTPException(status, { res, message: cause?.message ?? error ?? "no token", cause });
  }

  return async function rwtAuth(c, next) {
    const presented = readToken(c, settings);
    if (presented === "malformed") return refuse(c, invalidRequest(settings));
    const { token } = presented;
    const rwt = serviceOf(c);
    const unavailableAnswer = (error: unknown): Promise<never> => {
      if (error instanceof StoreUnavailableError) return refuse(c, unavailable(settings, error));
      throw error;
    };
    const session = settings.verify ? await verifyOnce(c, rwt, token).catch(unavailableAnswer) : undefined;
    if (session === null && !settings.optional) {
      return refuse(c, token === undefined ? noToken(settings) : invalidToken(settings));
    }
    authStates.set(c, { rwt, token, session, cookie: usedCookie(settings), unavailableAnswer } as AuthState);
    c.set("session", session ?? undefined);
    await next();
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
  };
}

const usedCookie = ({ from, cookie }: ReturnType<typeof readAuthOptions>) =>
  from.includes("cookie") ? cookie : undefined;

/** One check a request, however many of an app's middlewares ask for it. */
async function verifyOnce<Data>(
  c: Context,
  rwt: Rwt<Data>,
  token: string | undefined,
): Promise<Session<Data> | null> {
  if (token === undefined) return null;
  const earlier = authStates.get(c);
  const isKnown = earlier?.rwt === rwt && earlier.token === token && earlier.session !== undefined;
  return isKnown ? (earlier.session as Session<Data> | null) : rwt.verify(token);
}

function servicePerEnvironment<Data>(rwt: RwtAuthOptions<Data>["rwt"]): (c: Context) => Rwt<Data> {
  if (typeof rwt !== "function") return () => rwt;
  const services = new WeakMap<object, Rwt<Data>>();
  return (c) => {
    const env: unknown = c.env;
    if (!isObject(env)) return given(rwt(c));
    const service = services.get(env) ?? given(rwt(c));
    services.set(env, service);
    return service;
  };
}

/** Not a promise: on Workers another request could wait on it for ever. */
function given<Data>(service: Rwt<Data>): Rwt<Data> {
  if (isService(service)) return service;
  throw new OptionTypeError(
    "rwt",
    "rwt must be a function that gives what createRwt gives, and no promise of it",
  );
}
