import type { SessionRotated, SignedIn, SignedOut } from "../request/answers.ts";
import type { NodeRequest } from "../request/incoming.ts";
import type { RequestRefusedError } from "../request/refused-error.ts";
import type { SignInOptions } from "../request/replace.ts";
import type { AuthRequirement } from "../request/requirement.ts";
import type { RequestAuthOptions } from "../request/types.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** The parts of Express's or Node's request that are used. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl?: string | undefined;
  readonly hostname?: string | undefined;
  readonly app?: { enabled(setting: string): boolean } | undefined;
  /** The session, once a middleware has let the request through. */
  auth?: unknown;
}

/** The parts of Express's or Node's response that are used. */
export interface ExpressResponse {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  appendHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** What a middleware calls to pass the request, or an error, on. */
export type ExpressNext = (error?: unknown) => void;

/** A middleware for `app.use`, or for a single route. */
export type ExpressMiddleware = (
  req: ExpressRequest,
  res: ExpressResponse,
  next: ExpressNext,
) => Promise<void>;

/** Options of `expressAuth`: those of `requestAuth`, except `optional`. */
export interface ExpressAuthOptions<Input = unknown, Output = Input>
  extends Omit<RequestAuthOptions<Input, Output>, "optional" | "onFailure"> {
  /**
   * Answers a refused request instead of the default, or passes the error to your error handlers: `next(error)`, as `next()` does
   * too. If a handler made the call, `next(error)` rejects that call.
   */
  onFailure?(
    error: RequestRefusedError,
    req: ExpressRequest,
    res: ExpressResponse,
    next: ExpressNext,
  ): unknown;
}

/** A call that sets headers and cookie on the response. If it refuses the request, it answers and resolves to `undefined`. */
export type ExpressCall<Result, Args extends readonly unknown[] = []> = (
  req: ExpressRequest,
  res: ExpressResponse,
  ...args: Args
) => Promise<Result | undefined>;

/**
 * What `expressAuth` returns. A call that takes `res` sets its headers and cookie. If it refuses the request with 400, 401, 403 or
 * 503, it answers and resolves to `undefined`. Calls about a subject's sessions, and rotation, need a service with `sessions()`.
 */
export interface ExpressAuth<Input, Output = Input> {
  /** Lets a request through only with a live session, which becomes `req.auth`, and sets `Cache-Control: no-store`. */
  readonly required: ExpressMiddleware;
  /**
   * As `required`, and the user must have proved what you require (step-up): `auth.requires({ maxAge: 300 })`. Else it answers 401
   * with the challenge of RFC 9470, which ends no session.
   */
  requires(requirement: AuthRequirement): ExpressMiddleware;
  /** As `required`, but lets a request without a live session through: `req.auth` is `null`. */
  readonly optional: ExpressMiddleware;
  /** Returns the session behind `required`. Throws a MiddlewareMissingError if there is none. */
  readonly session: (req: ExpressRequest) => Session<Output>;
  /** Returns the session or `null` behind `optional`. Throws a MiddlewareMissingError if no middleware ran. */
  readonly sessionOrNull: (req: ExpressRequest) => Session<Output> | null;
  /** Checks the request as `required` does, for handlers of `node:http`. */
  readonly authenticate: ExpressCall<Session<Output>>;
  /** Starts a session, and ends those that the request came with. Throws DataError and option errors as `sign` does. */
  readonly signIn: ExpressCall<SignedIn, [data: Input, options?: SignInOptions]>;
  /** Ends the session for every service, and clears the cookie: with a 503 too, but then the session may still be live. */
  readonly signOut: ExpressCall<SignedOut>;
  /** Ends all sessions of the subject, its own too, and clears the cookie. If it refuses the request, the cookie stays. */
  readonly signOutEverywhere: ExpressCall<SignedOut>;
  /** Replaces the token of the session. By default the old one works for 10 more seconds. */
  readonly rotateSession: ExpressCall<SessionRotated, [options?: RotateOptions]>;
  /**
   * Records that the user has just proved again who they are (step-up), and replaces the token: the old one ends at once (OWASP ASVS
   * 7.2.4, 7.5.3). Throws option errors if `auth` is wrong.
   */
  readonly reauthenticate: ExpressCall<SessionRotated, [auth: AuthenticationInput]>;
  /** Lists the subject's live sessions, and marks the request's own as `current`. */
  readonly listSessions: ExpressCall<SessionList, [options?: Omit<ListOptions, "current">]>;
  /** Ends the subject's other sessions. `ended` says whether there is a subject. */
  readonly endOtherSessions: ExpressCall<{ readonly ended: boolean }>;
}
