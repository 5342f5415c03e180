import type { SignInOptions } from "../request/replace.ts";
import type { AuthRequirement } from "../request/requirement.ts";
import type { RequestAuthOptions } from "../request/types.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** Options of `rwtFastify`: those of `requestAuth`. Refusals are errors, so an error handler takes the place of `onFailure`. */
export type RwtFastifyOptions = Omit<RequestAuthOptions<never, unknown>, "optional" | "onFailure">;

/** What `rwtFastify` adds to requests. Your app declares it for its users: `interface FastifyRequest extends RwtRequest<User> {}`. */
export interface RwtRequest<Data = unknown> {
  /** The live session, on a route with the hook `requireSession`. Elsewhere it throws a `MiddlewareMissingError`. */
  readonly auth: Session<Data>;
  /** Returns the live session or `null`, for pages that strangers see too. Throws a `RequestRefusedError`: 400, 403 or 503. */
  findSession(): Promise<Session<Data> | null>;
  /**
   * Throws a `RequestRefusedError` unless there is a live session whose user has proved what you require (step-up): 401 with the
   * challenge of RFC 9470, which ends no session; and 400, 403 or 503. The hook `requireAuthentication` calls it.
   */
  requireAuthentication(requirement: AuthRequirement): Promise<void>;
  /** Lists the subject's live sessions, and marks the request's own as `current`. Throws as `requireSession` does. */
  listSessions(options?: Omit<ListOptions, "current">): Promise<SessionList>;
  /** Ends the subject's other sessions, and returns whether there is a subject. Throws as `requireSession` does. */
  endOtherSessions(): Promise<boolean>;
}

/** What `rwtFastify` adds to replies: calls that set the cookie. Declare it: `interface FastifyReply extends RwtReply<User> {}`. */
export interface RwtReply<Data = unknown> {
  /**
   * Starts a session, and ends those that the request came with (session fixation; OWASP ASVS 7.2.4). Returns the token.
   *
   * @throws RequestRefusedError 400, 403 or 503; and DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  signIn(data: Data, options?: SignInOptions): Promise<string>;
  /** Ends the session, and returns whether there was one. If it throws a 503, it clears the cookie, but the session may live. */
  signOut(): Promise<boolean>;
  /** Ends all sessions of the subject, its own too. If it throws, as `requireSession` does, the cookie stays. */
  signOutEverywhere(): Promise<boolean>;
  /**
   * Records that the user has just proved again who they are (step-up), and returns the session's new token: the old one ends at once
   * (OWASP ASVS 7.2.4, 7.5.3). Throws as `requireSession` does, and option errors if `auth` is wrong.
   */
  reauthenticate(auth: AuthenticationInput): Promise<string>;
  /** Returns the session's new token. By default the old one works for 10 more seconds. Throws as `requireSession` does. */
  rotateSession(options?: RotateOptions): Promise<string>;
}
