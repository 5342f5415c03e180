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

/** A request's headers: the web's, or an object as Node has. */
export type IncomingHeaders =
  | Pick<Headers, "get">
  | { readonly [name: string]: string | readonly string[] | undefined };

/** A request: the web's `Request`, or what a framework knows of one, such as `{ method: "GET", headers }`. */
export interface WebRequest {
  /** Tells reads from what changes something. */
  readonly method: string;
  /** With its host, or else `headers` has `Host`. */
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
}

/** Node's `IncomingMessage`, which frameworks such as Express hand on. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHeaders;
  /** It is read by nobody, and tells Node's request from headers alone. */
  readonly httpVersion: string;
}

/** What `requestAuth` takes for a request. */
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
   * Has the browser drop a cookie that this refusal found to be dead, by the answer that it returns: `response`, or the one of
   * yours that you pass. After any other refusal it returns the answer as it is.
   *
   * An answer that is late also drops the cookie of a sign-in that was faster, in another tab. So this isn't the default: use it
   * for pages that a user opens rather than for requests that scripts send on their own.
   */
  readonly dropCookie: (answer?: Response) => Response;
}

/** What `signIn` gives. */
export interface SignedIn {
  /** For clients that carry it themselves. */
  readonly token: string;
  /** What your answer must carry: `Cache-Control` and, where `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
}

/** What `signOut` gives. */
export interface SignedOut {
  /** Whether there was a session to end. */
  readonly ended: boolean;
  /** What your answer must carry: `Cache-Control` and, where `"cookie"` is a carrier, `Set-Cookie`. */
  readonly headers: Headers;
}

/** What `requestAuth` gives. Its functions can be taken apart: `const { authenticate } = requestAuth(…)`. */
export interface RequestAuth<Input, Output = Input, None = never> {
  /**
   * Checks the token that a request carries, in one round trip; in none where it is malformed, forged or dead.
   *
   * @returns the live session; or the answer to send: 400, 401, 403 where another site's page sent it (`csrf`), or 503 while the
   *   store is out; with `optional`, `null` in place of a 401. Send `Cache-Control: no-store` with what you answer (OWASP ASVS
   *   14.3.2)
   * @throws OptionTypeError where a request has no headers, or no method, and the cookie is among the carriers
   */
  readonly authenticate: (request: IncomingRequest) => Promise<Session<Output> | Response | None>;
  /**
   * Starts a session, and ends those that the request came with: nobody else who holds their tokens comes along
   * (session fixation; OWASP ASVS 7.2.4). They don't count against `maxSessions`.
   *
   * @param data - any JSON value, usually the user
   * @returns the token and the headers of your answer; or the answer to send: 400, 403, or 503 while the store is out
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  readonly signIn: (
    request: IncomingRequest,
    data: Input,
    options?: SignInOptions,
  ) => Promise<SignedIn | Response>;
  /**
   * Ends the session that the request came with, for every service, and clears the cookie.
   *
   * @returns whether there was one, and the headers of your answer; or the answer to send: 400 or 403, which leave the cookie
   *   alone, or 503 while the store is out, which clears it, but the session may still live
   */
  readonly signOut: (request: IncomingRequest) => Promise<SignedOut | Response>;
}

/**
 * Authenticates requests, whatever the framework. Make one beside the service, and share it.
 *
 * @throws OptionTypeError, OptionRangeError where an option is wrong
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
  if (!isService(rwt)) throw typeError("rwt", "what createRwt gives", rwt);
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
    // An onFailure that meets the failure itself isn't called once more from within.
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
 * Node gives its headers as an object of names in lower case; others give the names as they came, or arrays.
 *
 * @throws OptionTypeError for what has no headers, such as a promise of them, whose every request would count as a stranger's
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
  // HTTP/2 names the host in a pseudo-header, which only Node's own objects have.
  const hasHost = /^https?:\/\//i.test(url);
  return {
    method,
    url: hasHost ? url : `http://${plain.get(":authority") ?? ""}/`,
    headers: isWeb ? (headers as Headers) : plain,
  };
}
