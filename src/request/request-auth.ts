import { typeError } from "../lib/check.ts";
import type { SignOptions } from "../options.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { type Carried, checkRequest, endCarried, outage, readRequest } from "./check.ts";
import { setCookie, withCookie } from "./cookie.ts";
import type { RequestHeaders, RequestSource } from "./cross-site.ts";
import type { AuthFailure } from "./failure.ts";
import { type AuthOptions, isService, readAuthOptions } from "./options.ts";

/** A request: the web's `Request`, or Node's `IncomingMessage`, which frameworks such as Express hand on. */
export interface IncomingRequest {
  /** Without it, the request counts as one that changes something. */
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers:
    | Pick<Headers, "get">
    | { readonly [name: string]: string | readonly string[] | undefined };
}

/** Options of `requestAuth`. */
export interface RequestAuthOptions<Input = unknown, Output = Input> extends AuthOptions {
  /** The token service, shared by all requests. */
  readonly rwt: Rwt<Input, Output>;
  /** Makes your own answer to a refusal; `failure.response` is the one it would be. */
  readonly onFailure?:
    | ((request: IncomingRequest, failure: AuthFailure) => Response | Promise<Response>)
    | undefined;
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
   * @returns the live session; or the answer to send: 400, 401, 403 where another site's page sent it (`csrf`), or 503 while the store is out; with
   *   `optional`, `null` in place of a 401. Send `Cache-Control: no-store` with what you answer (OWASP ASVS 14.3.2)
   */
  readonly authenticate: (request: IncomingRequest) => Promise<Session<Output> | Response | None>;
  /**
   * Starts a session, and ends the one that the request came with: nobody else who holds its token comes along
   * (session fixation; OWASP ASVS 7.2.4).
   *
   * @param data - any JSON value, usually the user
   * @returns the token and the headers of your answer; or the answer to send: 400, 403, or 503 while the store is out
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  readonly signIn: (
    request: IncomingRequest,
    data: Input,
    options?: SignOptions,
  ) => Promise<SignedIn | Response>;
  /**
   * Ends the session that the request came with, for every service, and clears the cookie.
   *
   * @returns whether there was one, and the headers of your answer; or the answer to send: 400, 403, or 503 while the
   *   store is out, which clears the cookie all the same, but the session may still live
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
  const verify = (token: string) => rwt.verify(token);

  const refuse = async (request: IncomingRequest, failure: AuthFailure): Promise<Response> =>
    onFailure ? onFailure(request, failure) : failure.response;

  /** What a request came with, unchecked, for `work`; or the refusal. */
  async function carriedTo<Result>(
    request: IncomingRequest,
    work: (carried: Carried) => Promise<Result>,
  ): Promise<Result | Response> {
    const carried = readRequest(sourceOf(request), settings);
    if ("status" in carried) return refuse(request, carried);
    try {
      return await work(carried);
    } catch (error) {
      return refuse(request, outage(settings, error));
    }
  }

  return {
    async authenticate(request) {
      const carried = await checkRequest(sourceOf(request), settings, verify);
      if ("status" in carried) return refuse(request, carried);
      return carried.session ?? null;
    },

    signIn: (request, data, options) =>
      carriedTo(request, async (carried) => {
        const token = await rwt.sign(data, options);
        await endCarried(rwt, carried);
        return { token, headers: answerHeaders(cookie && setCookie(cookie, token, rwt.maxLifetime)) };
      }),

    async signOut(request) {
      const cleared = cookie && setCookie(cookie, "");
      const answer = await carriedTo(request, async (carried) => ({
        ended: await endCarried(rwt, carried),
        headers: answerHeaders(cleared),
      }));
      return answer instanceof Response ? withCookie(answer, cleared) : answer;
    },
  };
}

function answerHeaders(cookie: string | undefined): Headers {
  const headers = new Headers({ "Cache-Control": "no-store" });
  if (cookie) headers.set("Set-Cookie", cookie);
  return headers;
}

/** Node gives its headers as an object of names in lower case; others give the names as they came, or arrays. */
function sourceOf({ method, url = "", headers }: IncomingRequest): RequestSource {
  const { get } = headers;
  const given = headers as Readonly<Record<string, unknown>>;
  const plain: RequestHeaders = {
    get(name) {
      const wanted = name.toLowerCase();
      const found = Object.keys(given).filter((key) => key.toLowerCase() === wanted);
      const values = found.flatMap((key) => given[key] ?? []);
      return values.length === 0 ? null : values.join(wanted === "cookie" ? "; " : ", ");
    },
  };
  const source = typeof get === "function" ? (headers as Headers) : plain;
  const host = source.get("Host") ?? given[":authority"] ?? "";
  return { method, url: /^https?:/.test(url) ? url : `http://${host}/`, headers: source };
}
