import type { CookieAuthOptions, CookieJar } from "../cookies/cookie-auth.ts";
import type { StoreUnavailableError } from "../errors.ts";
import type { SignInOptions } from "../request/replace.ts";
import type { Session } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** What is used of SvelteKit's `RequestEvent`, of version 2 and 3. */
export interface SvelteKitEvent {
  readonly cookies: Pick<CookieJar, "get" | "set">;
  readonly locals: object;
  readonly url: URL;
}

/** What `handle` adds to `event.locals`. Declare it in `app.d.ts`: `interface Locals extends SvelteKitLocals<User> {}`. */
export interface SvelteKitLocals<Data = unknown> {
  /** The live session, or `null`. Reading it refuses the request with 503 if the store can't answer. */
  readonly session: Session<Data> | null;
}

/** Options of `rwtSvelteKit`. */
export interface RwtSvelteKitOptions<Input = unknown, Output = Input>
  extends CookieAuthOptions<Input, Output> {
  /**
   * Refuses a request by throwing, with SvelteKit's `redirect` or `error`: status 401 if there is no live session, 503 if the
   * store can't answer. `cause` is the reason of a 503.
   */
  readonly refuse: (
    status: 401 | 503,
    event: SvelteKitEvent,
    cause: StoreUnavailableError | undefined,
  ) => never;
}

/** What `rwtSvelteKit` returns. All but `handle` refuse with 503 if the store can't answer. */
export interface RwtSvelteKit<Input, Output = Input> {
  /**
   * The hook for `src/hooks.server.ts`. It puts the live session, or `null`, into `event.locals.session`. If the store can't answer,
   * pages that read `locals.session` are refused with 503 and `Retry-After`, and all others still work.
   */
  readonly handle: <Event extends SvelteKitEvent>(input: {
    event: Event;
    resolve(event: Event): Response | Promise<Response>;
  }) => Promise<Response>;
  /**
   * Returns the live session, or refuses the request with 401. It asks the store nothing, because `handle` has done so.
   *
   * @throws MiddlewareMissingError if `handle` didn't run before
   */
  readonly requireSession: (event: Pick<SvelteKitEvent, "locals">) => Session<Output>;
  /**
   * Starts a session, sets its cookie, and ends the session that the request came with. For form actions and `+server.ts`.
   *
   * @returns the token
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   */
  readonly signIn: (event: SvelteKitEvent, data: Input, options?: SignInOptions) => Promise<string>;
  /**
   * Ends the session and clears the cookie, even if the store can't answer.
   *
   * @returns whether there was a live session
   */
  readonly signOut: (event: SvelteKitEvent) => Promise<boolean>;
  /**
   * Replaces the session's token, and sets its cookie. When privileges change, use `reauthenticate`.
   *
   * @param options - by default the old token works for 10 more seconds
   * @returns the new token; `null` if there is no live session
   */
  readonly rotate: (event: SvelteKitEvent, options?: RotateOptions) => Promise<string | null>;
  /**
   * Records that the user has just proved again who they are (step-up), replaces the token, and sets its cookie. The old token ends
   * at once (OWASP ASVS 7.2.4, 7.5.3). `meetsRequirement` of `redis-web-token/request` checks it later.
   *
   * @param auth - replaces what the session held: give all methods that the user has used
   * @returns the new token; `null` if there is no live session
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong
   */
  readonly reauthenticate: (event: SvelteKitEvent, auth: AuthenticationInput) => Promise<string | null>;
  /** Lists the live sessions of the session's subject, and marks its own as `current`. Empty without a live session. */
  readonly listSessions: (
    event: SvelteKitEvent,
    options?: Omit<ListOptions, "current">,
  ) => Promise<SessionList>;
  /**
   * Ends every other session of the session's subject.
   *
   * @returns whether there was a subject whose sessions could end
   */
  readonly endOtherSessions: (event: SvelteKitEvent) => Promise<boolean>;
  /**
   * Ends all sessions of the session's subject, its own too, and clears the cookie. Refuses the request with 401 if there is no
   * live session. If the store can't answer, the cookie stays, so that the user can retry.
   */
  readonly signOutEverywhere: (event: SvelteKitEvent) => Promise<void>;
}
