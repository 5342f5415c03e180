import { type CookieJar, cookieAuth, type RequestCookies } from "../cookies/cookie-auth.ts";
import { callable, knownOptions } from "../lib/check.ts";
import { lazyService } from "../request/lazy-service.ts";
import { CARRIER_OPTIONS } from "../request/options.ts";
import type { SignInOptions } from "../request/replace.ts";
import { requestAuth } from "../request/request-auth.ts";
import type { RequestAuth, RequestAuthOptions } from "../request/types.ts";
import type { Session, TokenFacts } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** Options of `rwtNext`. */
export interface RwtNextOptions<Input = unknown, Output = Input>
  extends Omit<RequestAuthOptions<Input, Output>, "optional" | "from"> {
  /** `cookies` from `next/headers`. */
  readonly cookies: () => Promise<CookieJar>;
  /** `cache` from `react`: it makes all components of a request share one check. */
  readonly cache: <Call extends () => Promise<unknown>>(call: Call) => Call;
  /**
   * Where Route Handlers look for the token, as in `requestAuth`. Everything else reads the cookie.
   * @default ["bearer", "cookie"]
   */
  readonly from?: RequestAuthOptions["from"];
}

/** What `rwtNext` returns. Its functions can be taken apart: `const { session } = rwtNext(…)`. */
export interface RwtNext<Input, Output = Input> {
  /**
   * Returns the live session of the request's cookie, or `null`. All Server Components of a request share one check. It never sets
   * a cookie.
   *
   * @throws StoreUnavailableError if the store doesn't answer, which isn't a sign-out: Next shows `error.tsx`
   */
  readonly session: () => Promise<Session<Output> | null>;
  /**
   * Starts a session, sets its cookie, and ends the session that the request came with. For Server Actions.
   *
   * @returns the token
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly signIn: (data: Input, options?: SignInOptions) => Promise<string>;
  /**
   * Ends the session and clears the cookie. For Server Actions.
   *
   * @returns whether there was a live session
   * @throws StoreUnavailableError if the store doesn't answer: the cookie is cleared, but the session may still be live
   */
  readonly signOut: () => Promise<boolean>;
  /**
   * Replaces the session's token, and sets its cookie. For Server Actions. When privileges change, use `reauthenticate`.
   *
   * @param options - by default the old token works for 10 more seconds
   * @returns the new token; `null` if there is no live session
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly rotate: (options?: RotateOptions) => Promise<string | null>;
  /**
   * Records that the user has just proved again who they are (step-up), replaces the token, and sets its cookie. For Server Actions.
   * The old token ends at once (OWASP ASVS 7.2.4, 7.5.3). `meetsRequirement` of `redis-web-token/request` checks it later.
   *
   * @param auth - replaces what the session held: give all methods that the user has used
   * @returns the new token; `null` if there is no live session
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly reauthenticate: (auth: AuthenticationInput) => Promise<string | null>;
  /**
   * Lists the live sessions of the session's subject, and marks its own as `current`. Empty without a live session.
   *
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly listSessions: (options?: Omit<ListOptions, "current">) => Promise<SessionList>;
  /**
   * Ends every other session of the session's subject.
   *
   * @returns whether there was a subject whose sessions could end
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly endOtherSessions: () => Promise<boolean>;
  /**
   * Ends all sessions of the session's subject, its own too, and clears the cookie. For Server Actions.
   *
   * @returns whether there was a live session; if not, nothing ends
   * @throws StoreUnavailableError if the store doesn't answer: the cookie stays, so that the user can retry
   */
  readonly signOutEverywhere: () => Promise<boolean>;
  /**
   * Looks at the token without asking the store: the optimistic check that Next asks for in proxy and middleware, which also run
   * for prefetched links. A session that has ended still passes, so call `session` before you show anything private.
   *
   * @param jar - `request.cookies`
   * @returns `null` if no token is genuine and before its deadline
   */
  readonly inspect: (jar: RequestCookies) => Promise<TokenFacts | null>;
  /** For Route Handlers, whose callers Next doesn't check: returns the session, or the 400, 401, 403 or 503 to send. */
  readonly route: RequestAuth<Input, Output>;
}

/**
 * Sessions in Next. `cookies` and `cache` are parameters, so that this entry also loads where neither is installed.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { type RwtNextOptions, rwtNext } from "redis-web-token/next";
 * import { upstashStore } from "redis-web-token/upstash";
 *
 * // import { cookies } from "next/headers";
 * // import { cache } from "react";
 * declare const cookies: RwtNextOptions["cookies"];
 * declare const cache: RwtNextOptions["cache"];
 *
 * export const auth = rwtNext({
 *   cookies,
 *   cache,
 *   rwt: () =>
 *     createRwt<{ id: string }>({
 *       store: upstashStore({ url: "https://….upstash.io", token: "…" }),
 *       secret: process.env.RWT_SECRET ?? "",
 *     }),
 * });
 * ```
 */
export function rwtNext<Input = unknown, Output = Input>(
  options: RwtNextOptions<Input, Output>,
): RwtNext<Input, Output> {
  const known = [...CARRIER_OPTIONS, "cookies", "cache"] as const;
  const { cookies, cache, ...rest } = knownOptions("rwtNext's options", options, known);
  callable("cookies", cookies);
  callable("cache", cache);
  const { rwt, cookie, from = ["bearer", "cookie"] } = rest;
  // One service for both.
  const service = lazyService(rwt);
  const over = cookieAuth({ rwt: service, cookie });
  return {
    session: cache(async () => over.session(await cookies())),
    signIn: async (data, signInOptions) => over.signIn(await cookies(), data, signInOptions),
    signOut: async () => over.signOut(await cookies()),
    rotate: async (rotateOptions) => over.rotate(await cookies(), rotateOptions),
    reauthenticate: async (auth) => over.reauthenticate(await cookies(), auth),
    listSessions: async (listOptions) => over.listSessions(await cookies(), listOptions),
    endOtherSessions: async () => over.endOtherSessions(await cookies()),
    signOutEverywhere: async () => over.signOutEverywhere(await cookies()),
    inspect: over.inspect,
    route: requestAuth({ ...rest, rwt: service, from }),
  };
}
