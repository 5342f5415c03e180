import type { SignInOptions } from "../request/replace.ts";
import type { AuthRequirement } from "../request/requirement.ts";
import type { RequestAuthOptions } from "../request/types.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** Options of `RwtModule.forRoot`: those of `requestAuth`. Refusals are exceptions, so filters take the place of `onFailure`. */
export interface NestAuthOptions<Input = unknown, Output = Input>
  extends Omit<RequestAuthOptions<Input, Output>, "optional" | "onFailure"> {}

/**
 * What `@Auth()` gives a handler: calls for its request, which set the cookie on its response. They throw a refusal as Nest's
 * `HttpException`: 400, 401, 403, or 503 while the store is out. Its `cause` is a `RequestRefusedError`.
 */
export interface NestAuth<Input = unknown, Output = Input> {
  /** The live session, behind `SessionGuard`. Elsewhere it throws a `MiddlewareMissingError`. */
  readonly session: Session<Output>;
  /** Returns the live session or `null`, for pages that strangers see too. */
  findSession(): Promise<Session<Output> | null>;
  /**
   * Starts a session, and ends those that the request came with (session fixation; OWASP ASVS 7.2.4). Returns the token.
   *
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  signIn(data: Input, options?: SignInOptions): Promise<string>;
  /** Ends the session, and returns whether there was one. If it throws a 503, it clears the cookie, but the session may live. */
  signOut(): Promise<boolean>;
  /** Ends all sessions of the subject, its own too. If it throws, the cookie stays. */
  signOutEverywhere(): Promise<boolean>;
  /**
   * Throws an `HttpException` unless there is a live session whose user has proved what you require (step-up): 401 with the challenge
   * of RFC 9470, which ends no session. The guard of `requireAuthentication` calls it.
   *
   * @throws OptionTypeError, OptionRangeError if the requirement is wrong
   */
  requireAuthentication(requirement: AuthRequirement): Promise<void>;
  /**
   * Records that the user has just proved again who they are (step-up), and returns the session's new token: the old one ends at once
   * (OWASP ASVS 7.2.4, 7.5.3).
   *
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong
   */
  reauthenticate(auth: AuthenticationInput): Promise<string>;
  /** Returns the session's new token. By default the old one works for 10 more seconds. */
  rotateSession(options?: RotateOptions): Promise<string>;
  /** Lists the subject's live sessions, and marks the request's own as `current`. */
  listSessions(options?: Omit<ListOptions, "current">): Promise<SessionList>;
  /** Ends the subject's other sessions, and returns whether there is a subject. */
  endOtherSessions(): Promise<boolean>;
}
