import { boolean, knownOptions } from "../lib/check.ts";
import type { CallOptions } from "../options.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";
import type { SessionWatch } from "../watch/types.ts";
import { answerHeaders, type SessionRotated, type SignedIn, type SignedOut } from "./answers.ts";
import { type Carried, readRequest } from "./carriers.ts";
import { checkTokens, endCarried, outage } from "./check.ts";
import { sessionCookie, withCookie } from "./cookie.ts";
import { type AuthFailure, failureOf } from "./failure.ts";
import { type IncomingRequest, sourceOf } from "./incoming.ts";
import { type LazyService, lazyService } from "./lazy-service.ts";
import {
  type AuthenticateOptions,
  type AuthOptions,
  readAuthenticateOptions,
  readAuthOptions,
} from "./options.ts";
import {
  endAll,
  endOthers,
  type Holder,
  listOwn,
  type Rotated,
  reauthenticateHeld,
  rotateHeld,
} from "./own-sessions.ts";
import { replaceSession, type SignInOptions } from "./replace.ts";
import type { AuthRequirement } from "./requirement.ts";
import { runningHandlers } from "./running-handlers.ts";
import { type WatchedSession, watchHeld } from "./watch-held.ts";

/** Options of `requestAuth`. */
export interface RequestAuthOptions<Input = unknown, Output = Input> extends AuthOptions {
  /** The token service, or a function that makes it at the first call, so that a build needs no secret. All requests share it. */
  readonly rwt: LazyService<Input, Output>;
  /** Returns your own response to a refusal, of any status; `failure.response` is the default one. */
  readonly onFailure?:
    | ((request: IncomingRequest, failure: RequestFailure) => Response | Promise<Response>)
    | undefined;
}

/** Options of `watchSession`. */
export interface WatchSessionOptions extends CallOptions {
  /**
   * Whether the request opens a WebSocket.
   * @default false
   */
  readonly upgrade?: boolean | undefined;
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

/** How `requestAuth` checks a request. */
export interface Authenticate<Output, None> {
  (
    request: IncomingRequest,
    options: AuthenticateOptions & { readonly require: AuthRequirement },
  ): Promise<Session<Output> | Response>;
  (request: IncomingRequest, options?: AuthenticateOptions): Promise<Session<Output> | Response | None>;
}

/** What `requestAuth` gives. Its functions can be taken apart: `const { authenticate } = requestAuth(…)`. */
export interface RequestAuth<Input, Output = Input, None = never> {
  /**
   * Verifies the token that a request carries. That takes one round trip, and none for a malformed, forged or expired token.
   *
   * @param options - `fresh` for this request alone; `require` says what the user must have proved: else 401 with the challenge of
   *   RFC 9470, which ends no session
   * @returns the live session, or the response to send: 400, 401, 403 if a page of another origin sent the request (`csrf`), or 503
   *   while the store doesn't answer. With `optional`, it is `null` instead of a 401. Send `Cache-Control: no-store` with your own
   *   response (OWASP ASVS 14.3.2)
   * @throws OptionTypeError if the request has no headers, or if the CSRF check needs a method and there is none
   */
  readonly authenticate: Authenticate<Output, None>;
  /**
   * Checks the token of a request that opens a WebSocket, also where a framework hides its `Upgrade` header: another site's page is
   * refused by its `Origin` (RFC 6455 §10.2; OWASP ASVS 4.4.2).
   *
   * @returns as `authenticate`
   */
  readonly authenticateUpgrade: Authenticate<Output, None>;
  /**
   * Authenticates a request, and watches its session for as long as its connection lasts: a WebSocket, server-sent events. Close the
   * connection when `watching.ended` says so, and stop the watch when the connection closes.
   *
   * @param options - `upgrade: true` for a WebSocket, as in `authenticateUpgrade`; `signal` stops the watch
   * @returns the session and its watch; or the answer to send, as of `authenticate`
   * @throws OptionTypeError if `rwt` has no `watch()`
   */
  readonly watchSession: (
    request: IncomingRequest,
    options?: WatchSessionOptions,
  ) => Promise<WatchedSession<Output> | Response>;
  /**
   * Starts a session, and ends those that the request came with: nobody else who holds their tokens comes along
   * (session fixation; OWASP ASVS 7.2.4). They don't count against `maxSessions`.
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
  /**
   * Records that the request's user has just proved again who they are, and replaces the token: the old one ends at once (OWASP
   * ASVS 7.2.4, 7.5.3). Call it after you have checked the password or the second factor.
   *
   * @param auth - replaces what the session held: give all methods that the user has used
   * @returns the new token; or the answer to send, as of `authenticate`
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong; OptionTypeError if `rwt` has no `sessions()`
   */
  readonly reauthenticate: (
    request: IncomingRequest,
    auth: AuthenticationInput,
  ) => Promise<SessionRotated | Response>;
  /**
   * Replaces the request's token, for the same session: regularly. When privileges change, use `reauthenticate`.
   *
   * @param options - by default the old token works for 10 more seconds
   * @returns the new token; or the answer to send, as of `authenticate`
   * @throws OptionTypeError if `rwt` has no `sessions()`
   */
  readonly rotateSession: (
    request: IncomingRequest,
    options?: RotateOptions,
  ) => Promise<SessionRotated | Response>;
  /**
   * Lists the live sessions of the request's subject, and marks its own as `current` (OWASP ASVS 7.5.2). A session without a
   * subject gets an empty list.
   *
   * @returns the list; or the answer to send, as of `authenticate`
   * @throws OptionTypeError if `rwt` has no `sessions()`
   */
  readonly listSessions: (
    request: IncomingRequest,
    options?: Omit<ListOptions, "current">,
  ) => Promise<SessionList | Response>;
  /**
   * Ends every other session of the request's subject: "sign out everywhere else" (OWASP ASVS 7.4.3).
   *
   * @returns whether there was a subject whose sessions could end; or the answer to send, as of `authenticate`
   * @throws OptionTypeError if `rwt` has no `sessions()`
   */
  readonly endOtherSessions: (request: IncomingRequest) => Promise<boolean | Response>;
  /**
   * Ends all sessions of the request's subject, its own too, and clears the cookie: "sign out everywhere" (OWASP ASVS 7.4.3). A
   * session without a subject ends alone.
   *
   * @returns what `signOut` returns; or the answer to send, as of `authenticate`. A refusal keeps the cookie, so that the user can
   *   retry after a 503
   * @throws OptionTypeError if `rwt` has no `sessions()`
   */
  readonly signOutEverywhere: (request: IncomingRequest) => Promise<SignedOut | Response>;
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
  const serviceOf = lazyService(rwt);
  const { cookie } = settings;
  const cleared = cookie && sessionCookie(cookie, "");
  const handlers = runningHandlers();
  /** The tokens that later calls of a request use, by its headers: frameworks may wrap them in a new object for each call. */
  const newest = new WeakMap<object, readonly string[]>();

  /** A call of one of the functions below. */
  type Call = { readonly request: IncomingRequest; readonly isNested: boolean };
  const begin = (request: IncomingRequest): Call => ({ request, isNested: handlers.has(request) });

  async function read({ request }: Call, isUpgrade = false): Promise<Carried<never>> {
    const carried = await readRequest(serviceOf(), { ...sourceOf(request), isUpgrade }, settings);
    const tokens = newest.get(request.headers);
    return tokens ? { ...carried, tokens, deciding: tokens } : carried;
  }

  async function refuse(
    { request, isNested }: Call,
    failure: AuthFailure,
    isCookieDead = false,
  ): Promise<Response> {
    const { response } = failure;
    const dropCookie = (answer = response): Response =>
      isCookieDead && cleared ? withCookie(answer, cleared) : answer;
    if (!onFailure || isNested) return response;
    return handlers.during(request, () => onFailure(request, { ...failure, dropCookie }));
  }

  /** The checked tokens of a request, or the answer to a refusal. */
  async function check(
    call: Call,
    checking = settings,
    isUpgrade = false,
  ): Promise<Carried<Output> | Response> {
    const carried: Carried<Output> = await read(call, isUpgrade);
    const checked = carried.failure ? carried : await checkTokens(carried, checking, serviceOf());
    const { failure, isCookie } = checked;
    return failure ? refuse(call, failure, isCookie && failure.error === "invalid_token") : checked;
  }

  async function sessionOf(
    checking: Promise<Carried<Output> | Response>,
  ): Promise<Session<Output> | Response | null> {
    const checked = await checking;
    return checked instanceof Response ? checked : (checked.session ?? null);
  }

  /** Runs work on the request's live session. */
  async function withSession<Result>(
    call: Call,
    work: (held: Holder) => Result | Promise<Result>,
    isUpgrade = false,
  ): Promise<Result | Response> {
    const checked = await check(call, { ...settings, optional: false }, isUpgrade);
    if (checked instanceof Response) return checked;
    try {
      return await work({ ...checked, rwt: serviceOf(), cookie });
    } catch (error) {
      return refuse(call, outage(settings, error));
    }
  }

  function signedOut(request: IncomingRequest, ended: boolean): SignedOut {
    newest.set(request.headers, []);
    return { ended, headers: answerHeaders(cleared), cookie: cleared };
  }

  const authenticator = (isUpgrade: boolean): Authenticate<Output, null> =>
    ((request: IncomingRequest, options: AuthenticateOptions = {}) =>
      sessionOf(
        check(begin(request), readAuthenticateOptions(options, settings), isUpgrade),
      )) as Authenticate<Output, null>;

  /** Replaces the token of the request's session. */
  function replaceToken(
    request: IncomingRequest,
    replace: (held: Holder) => Promise<Rotated | null>,
  ): Promise<SessionRotated | Response> {
    const call = begin(request);
    return withSession(call, async (held) => {
      const replaced = await replace(held);
      // The session ended in the meantime.
      if (replaced === null) return refuse(call, failureOf(settings, "invalid_token"), held.isCookie);
      const { token, cookie: kept } = replaced;
      newest.set(request.headers, [token, ...(held.session ? held.tokens : held.deciding).slice(1)]);
      return { token, cookie: kept, headers: answerHeaders(kept) };
    });
  }

  return {
    authenticate: authenticator(false),
    authenticateUpgrade: authenticator(true),

    async watchSession(request, options = {}) {
      const { upgrade = false, signal } = knownOptions("watchSession's options", options, [
        "upgrade",
        "signal",
      ]);
      const watchIt = (held: Holder): WatchedSession<Output> => ({
        session: held.session as Session<Output>,
        watching: watchHeld(held, { signal }) as SessionWatch<Output>,
      });
      return withSession(begin(request), watchIt, boolean("upgrade", upgrade));
    },

    reauthenticate: (request, auth) => replaceToken(request, (held) => reauthenticateHeld(held, auth)),
    rotateSession: (request, options) => replaceToken(request, (held) => rotateHeld(held, options)),
    listSessions: (request, options) => withSession(begin(request), (held) => listOwn(held, options)),
    endOtherSessions: (request) => withSession(begin(request), endOthers),
    signOutEverywhere: (request) =>
      withSession(begin(request), async (held) => signedOut(request, await endAll(held))),

    async signIn(request, data, options) {
      const call = begin(request);
      const carried = await read(call);
      if (carried.failure) return refuse(call, carried.failure);
      try {
        const replaced = await replaceSession({ ...carried, rwt: serviceOf(), cookie }, data, options);
        const { token, cookie: kept } = replaced;
        newest.set(request.headers, [token]);
        return { token, headers: answerHeaders(kept), cookie: kept };
      } catch (error) {
        return refuse(call, outage(settings, error));
      }
    },

    async signOut(request) {
      const call = begin(request);
      const carried = await read(call);
      if (carried.failure) return refuse(call, carried.failure);
      try {
        return signedOut(request, await endCarried({ ...carried, rwt: serviceOf() }));
      } catch (error) {
        const answer = await refuse(call, outage(settings, error));
        return withCookie(answer, cleared);
      }
    },
  };
}
