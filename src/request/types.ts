import type { CallOptions } from "../call-options.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";
import type { SessionRotated, SignedIn, SignedOut } from "./answers.ts";
import type { AuthFailure } from "./failure.ts";
import type { IncomingRequest } from "./incoming.ts";
import type { LazyService } from "./lazy-service.ts";
import type { AuthenticateOptions, AuthOptions } from "./options.ts";
import type { SignInOptions } from "./replace.ts";
import type { AuthRequirement } from "./requirement.ts";
import type { WatchedSession } from "./watch-held.ts";

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
