import type { Context, MiddlewareHandler, Next } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Carried, readRequest } from "../request/carriers.ts";
import { checkTokens, outage } from "../request/check.ts";
import type { CookieSettings } from "../request/cookie-options.ts";
import type { AuthFailure } from "../request/failure.ts";
import { type AuthSettings, CARRIER_OPTIONS, ENTRY_OPTIONS, readAuthOptions } from "../request/options.ts";
import type { AnyRwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { RwtAuthOptions, RwtCarrierOptions } from "./options.ts";
import { serviceOf } from "./service.ts";
import { type AuthState, keepState, stateIn } from "./state.ts";

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
export interface RwtVariables<Output = unknown, Input = Output> {
  /** The live session of the request's token. */
  session: Session<Output>;
  /** What `signIn` takes, if a schema's input differs from its output. It is only a type and never has a value. */
  signInData?: Input;
}

/** What `rwtAuth` with `optional: true` puts into the context. */
export interface OptionalRwtVariables<Output = unknown, Input = Output> {
  /** The live session of the request's token, if it has one. */
  session: Session<Output> | undefined;
  /** As in {@link RwtVariables}. */
  signInData?: Input;
}

/**
 * Lets a request through only with a live token, and puts its session into `c.var.session`.
 *
 * It refuses other requests:
 *
 * - 401 with a challenge if it has no token, and with `invalid_token` if its token isn't live;
 * - 401 with `insufficient_user_authentication` if the session doesn't meet `require` (RFC 9470 §3);
 * - 400 with `invalid_request` if the token is sent in a wrong way (RFC 6750 §3.1);
 * - 403 if `"cookie"` is a carrier, and a page of another origin sent a request that changes something or opens a WebSocket
 *   (`csrf`);
 * - 503 with `Retry-After`, never 401, while the store doesn't answer.
 *
 * Refusals are Hono `HTTPException`s, so `app.onError` sees them, unless `onFailure` returns a response. They set no cookie.
 * A browser may send several cookies of the same name, with different paths or domains: the first four are tried in their order.
 * Requests that pass get `Cache-Control: no-store`, unless your response sets it (OWASP ASVS 14.3.2).
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
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
export function rwtAuth<Input = unknown, Output = Input>(
  options: RwtAuthOptions<Input, Output> & { readonly optional?: false | undefined },
): MiddlewareHandler<{ Variables: RwtVariables<Output, Input> }>;
export function rwtAuth<Input = unknown, Output = Input>(
  options: RwtAuthOptions<Input, Output>,
): MiddlewareHandler<{ Variables: OptionalRwtVariables<Output, Input> }>;
export function rwtAuth<Input = unknown, Output = Input>(
  options: RwtAuthOptions<Input, Output>,
): MiddlewareHandler {
  const handle = handlerOf(
    options,
    readAuthOptions("rwtAuth's options", options, [...ENTRY_OPTIONS, "optional", "require"]),
    checkTokens,
  );
  return function rwtAuth(c, next) {
    return handle(c, next);
  };
}

/**
 * Reads the token that a request carries, without a round trip, and doesn't verify it. Use it for routes that sign in or out: a
 * browser can then drop its cookie even while the store doesn't answer. Routes that need a session need `rwtAuth`.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { Hono } from "hono";
 * import { createRwt } from "redis-web-token";
 * import { rwtCarrier, signOut } from "redis-web-token/hono";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
 * const app = new Hono();
 * app.post("/logout", rwtCarrier({ rwt, from: ["cookie"] }), async (c) => {
 *   await signOut(c);
 *   return c.redirect("/");
 * });
 * ```
 */
export function rwtCarrier<Input = unknown, Output = Input>(
  options: RwtCarrierOptions<Input, Output>,
): MiddlewareHandler<{ Variables: OptionalRwtVariables<Output, Input> }> {
  const settings = readAuthOptions("rwtCarrier's options", options, CARRIER_OPTIONS);
  const handle = handlerOf(options, settings, (known) => ({ ...known, failure: undefined }));
  return function rwtCarrier(c, next) {
    return handle(c, next);
  };
}

/**
 * Makes the handler of both middlewares.
 *
 * @param look - verifies the tokens, unless an earlier middleware did, and sets `failure` if a live one is required
 */
function handlerOf<Input, Output>(
  options: RwtAuthOptions<Input, Output>,
  settings: AuthSettings,
  look: (known: Carried, settings: AuthSettings, rwt: AnyRwt) => Carried | Promise<Carried>,
): (c: Context, next: Next) => Promise<Response | undefined> {
  const { onFailure } = options;
  const serviceIn = serviceOf(options.rwt);

  return async (c, next) => {
    const rwt = serviceIn(c) as AnyRwt;
    const read = await readRequest(rwt, c.req.raw, settings);
    // Verify once per request, even if several middlewares ask for it. After a sign-in, a sign-out or a new token, that counts.
    const earlier = stateIn(c);
    const isKnown = earlier?.rwt === rwt && `${earlier.sent}` === `${read.deciding}`;
    const carried = read.failure ? read : await look(isKnown ? earlier : read, settings, rwt);
    const { failure, session } = carried;

    const state: AuthState = { ...carried, rwt, sent: read.deciding, cookie: settings.cookie, refuseOutage };
    const throwOutage = (error: unknown): never => {
      throw exceptionOf(outage(settings, error));
    };
    /** Leaves `onFailure` no session to end, and at most a dead cookie to clear. An outage within it doesn't call it again. */
    const close = (cookie?: CookieSettings): void =>
      keepState(c, { ...state, tokens: [], deciding: [], session: null, cookie, refuseOutage: throwOutage });
    async function refuseOutage(error: unknown): Promise<never> {
      const failure = outage(settings, error);
      const before = stateIn(c) as AuthState;
      close();
      const answer = onFailure ? await onFailure(c, failure) : failure.response;
      keepState(c, before);
      throw exceptionOf(failure, answer);
    }
    if (failure) {
      // A session whose user has to step up lives on, and its cookie stays.
      const isDead = failure.status === 401 && failure.error !== "insufficient_user_authentication";
      close(isDead && carried.isCookie ? settings.cookie : undefined);
      // The app's own response, or else an exception, so that `app.onError` sees it.
      if (onFailure) return onFailure(c, failure);
      throw exceptionOf(failure);
    }
    keepState(c, state);
    c.set("session", session ?? undefined);
    await next();
    try {
      if (!c.res.headers.has("Cache-Control")) c.res.headers.set("Cache-Control", "no-store");
    } catch {
      // A fetched response has immutable headers. Hono then copies the response, which takes longer than the rest of this handler.
      c.header("Cache-Control", "no-store");
    }
    return undefined;
  };
}

/** A refusal is no bug, so it gets no stack, which V8 would take longer to collect than a forged token to refuse. */
function exceptionOf(failure: AuthFailure, answer?: Response): HTTPException {
  const { stackTraceLimit } = Error as { readonly stackTraceLimit?: number };
  // Not by an assignment, which throws where an app has frozen its globals.
  Reflect.set(Error, "stackTraceLimit", 0);
  try {
    return new Refused(failure, answer);
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}

/** Makes its response, `res`, when it is read. */
class Refused extends HTTPException {
  constructor(failure: AuthFailure, answer: Response | undefined) {
    const { status, error, cause } = failure;
    const message = cause?.message ?? error ?? "Unauthorized";
    super((answer?.status ?? status) as ContentfulStatusCode, { message, cause });
    // Over the property that Hono sets, and that its `getResponse` reads.
    Object.defineProperty(this, "res", { get: () => answer ?? failure.response, enumerable: true });
  }
}
