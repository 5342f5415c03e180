import { OptionTypeError } from "../errors.ts";
import { kindOf, typeError } from "../lib/check.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { type Carried, readRequest } from "./carriers.ts";
import { checkTokens, endCarried, outage } from "./check.ts";
import { setCookie, withCookie } from "./cookie.ts";
import type { RequestHeaders, RequestSource } from "./cross-site.ts";
import type { AuthFailure } from "./failure.ts";
import { type AuthOptions, isService, readAuthOptions } from "./options.ts";
import { replaceSession, type SignInOptions } from "./replace.ts";

/** A request's headers: the web's `Headers`, or an object such as Node's. */
export type IncomingHeaders =
  | Pick<Headers, "get">
  | { readonly [name: string]: string | readonly string[] | undefined };

/** The web's `Request`, or an object with a request's parts, such as `{ method: "GET", headers }`. */
export interface WebRequest {
  /** For the CSRF check, which skips `GET`, `HEAD` and `OPTIONS`. */
  readonly method: string;
  /** Absolute, with the host. Without it, the CSRF check needs `Host` in `headers`. */
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
}

/** Node's `IncomingMessage`, which frameworks such as Express pass on. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
  /** Never read. It makes the type reject an object that has only `headers`. */
  readonly httpVersion: string;
}

/** The requests that `requestAuth` accepts. */
export type IncomingRequest = WebRequest | NodeRequest;

/** Options of `requestAuth`. */
export interface RequestAuthOptions<Input = unknown, Output = Input> extends AuthOptions {
  /** The service. All requests share it. */
  readonly rwt: Rwt<Input, Output>;
  /** Returns your own response to a refusal, of any status; `failure.response` is the default one. */
  readonly onFailure?:
    | ((request: IncomingRequest, failure: RequestFailure) => Response | Promise<Response>)
    | undefined;
}

/** Why `requestAuth` refuses a request. */
export interface RequestFailure extends AuthFailure {
  /**
   * Returns a copy of your response, or of `response`, that makes the browser drop a cookie whose session has ended (401). After
   * any other refusal, it returns the response unchanged.
   *
   * A response that arrives late also drops the cookie of a sign-in that another tab has finished meanwhile. So this isn't the
   * default: use it for pages that a user opens, not for requests that scripts send on their own.
   */
  readonly dropCookie: (answer?: Response) => Response;
}

/** The result of `signIn`. */
export interface SignedIn {
  /** For clients that store it themselves. */
  readonly token: string;
  /** Add them to your response: `Cache-Control` and, if `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
}

/** The result of `signOut`. */
export interface SignedOut {
  /** Whether there was a session to end. */
  readonly ended: boolean;
  /** Add them to your response: `Cache-Control` and, if `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
}

/** The result of `requestAuth`. You may destructure it: `const { authenticate } = requestAuth(…)`. */
export interface RequestAuth<Input, Output = Input, None = never> {
  /**
   * Verifies the token that a request carries. That takes one round trip, and none for a malformed, forged or expired token.
   *
   * @returns the live session, or the response to send: 400, 401, 403 if a page of another origin sent the request (`csrf`), or 503
   *   while the store doesn't answer. With `optional`, it is `null` instead of a 401. Send `Cache-Control: no-store` with your own
   *   response (OWASP ASVS 14.3.2)
   * @throws OptionTypeError if the request has no headers, or if the CSRF check needs a method and there is none
   */
  readonly authenticate: (request: IncomingRequest) => Promise<Session<Output> | Response | None>;
  /**
   * Starts a session. It ends the sessions that the request came with, so that others who hold their tokens stay out (session
   * fixation; OWASP ASVS 7.2.4). Those don't count against `maxSessions`.
   *
   * @param data - any JSON value, usually the user
   * @returns the token and headers for your response, or the response to send: 400, 403, or 503 while the store doesn't answer
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  readonly signIn: (
    request: IncomingRequest,
    data: Input,
    options?: SignInOptions,
  ) => Promise<SignedIn | Response>;
  /**
   * Ends the session that the request came with, in every service, and clears the cookie.
   *
   * @returns whether there was one, and headers for your response, or the response to send: 400 or 403, which keep the cookie, or
   *   503 while the store doesn't answer, which clears the cookie although the session may still be live
   */
  readonly signOut: (request: IncomingRequest) => Promise<SignedOut | Response>;
}

/**
 * Authenticates requests in any framework. Call it once, where you create the service, and share the result.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 * import { requestAuth } from "redis-web-token/request";
 *
 * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) });
 * const { authenticate } = requestAuth({ rwt, from: ["bearer", "cookie"] });
 *
 * export default {
 *   async fetch(request: Request): Promise<Response> {
 *     const session = await authenticate(request);
 *     if (session instanceof Response) return session;
 *     return Response.json({ id: session.data.id }, { headers: { "Cache-Control": "no-store" } });
 *   },
 * };
 * ```
 */
export function requestAuth<Input = unknown, Output = Input>(
  options: RequestAuthOptions<Input, Output> & { readonly optional?: false | undefined },
): RequestAuth<Input, Output>;
export function requestAuth<Input = unknown, Output = Input>(
  options: RequestAuthOptions<Input, Output>,
): RequestAuth<Input, Output, null>;
export function requestAuth<Input = unknown, Output = Input>(
  options: RequestAuthOptions<Input, Output>,
): RequestAuth<Input, Output, null> {
  const settings = readAuthOptions("requestAuth's options", options);
  const { rwt, onFailure } = options;
  if (!isService(rwt)) throw typeError("rwt", "made by createRwt", rwt);
  const { cookie } = settings;
  const refusing = new WeakSet<IncomingRequest>();

  const read = (request: IncomingRequest): Promise<Carried<never>> =>
    readRequest(rwt, sourceOf(request), settings);

  async function refuse(
    request: IncomingRequest,
    failure: AuthFailure,
    isCookieDead = false,
  ): Promise<Response> {
    const { response } = failure;
    const dropped = cookie && isCookieDead ? setCookie(cookie, "") : undefined;
    const dropCookie = (answer = response): Response => (dropped ? withCookie(answer, dropped) : answer);
    // A failure within onFailure, of the same request, doesn't call it again.
    if (!onFailure || refusing.has(request)) return response;
    refusing.add(request);
    try {
      return await onFailure(request, { ...failure, dropCookie });
    } finally {
      refusing.delete(request);
    }
  }

  return {
    async authenticate(request) {
      const carried: Carried<Output> = await read(request);
      const checked = carried.failure ? carried : await checkTokens(carried, settings, rwt);
      const { failure, isCookie, session = null } = checked;
      return failure ? refuse(request, failure, isCookie && failure.error === "invalid_token") : session;
    },

    async signIn(request, data, options) {
      const carried = await read(request);
      if (carried.failure) return refuse(request, carried.failure);
      try {
        const replaced = await replaceSession({ ...carried, rwt, cookie }, data, options);
        const { token, cookie: kept } = replaced;
        return { token, headers: answerHeaders(kept && setCookie(kept, token, rwt.maxLifetime)) };
      } catch (error) {
        return refuse(request, outage(settings, error));
      }
    },

    async signOut(request) {
      const carried = await read(request);
      if (carried.failure) return refuse(request, carried.failure);
      const cleared = cookie && setCookie(cookie, "");
      try {
        return { ended: await endCarried({ ...carried, rwt }), headers: answerHeaders(cleared) };
      } catch (error) {
        const answer = await refuse(request, outage(settings, error));
        return withCookie(answer, cleared);
      }
    },
  };
}

function answerHeaders(cookie: string | undefined): Headers {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (cookie) headers.set("Set-Cookie", cookie);
  return headers;
}

/**
 * Reads the parts of a request. Node's headers have lowercase names; other frameworks keep the case, or use arrays as values.
 *
 * @throws OptionTypeError if there are no headers. A promise of them would make every request look as if it had no token
 */
function sourceOf(request: IncomingRequest): RequestSource {
  const { method, url = "", headers } = (request ?? {}) as WebRequest;
  const { get, then } = (headers ?? {}) as { readonly get?: unknown; readonly then?: unknown };
  const isWeb = typeof get === "function";
  if (!isWeb && (kindOf(headers) !== "object" || typeof then === "function")) {
    const message = "headers must be Headers or an object of names and values, not a promise: await them";
    throw new OptionTypeError("headers", message);
  }
  const given = headers as Readonly<Record<string, unknown>>;
  const plain: RequestHeaders = {
    get(name) {
      const wanted = name.toLowerCase();
      const found = Object.keys(given).filter((key) => key.toLowerCase() === wanted);
      const values = found.flatMap((key) => given[key] ?? []);
      return values.length === 0 ? null : values.join(wanted === "cookie" ? "; " : ", ");
    },
  };
  // HTTP/2 has the host in a pseudo-header, which only Node's own objects contain.
  const hasHost = /^https?:\/\//i.test(url);
  return {
    method,
    url: hasHost ? url : `http://${plain.get(":authority") ?? ""}/`,
    headers: isWeb ? (headers as Headers) : plain,
  };
}
