import { OptionTypeError } from "../errors.ts";
import { knownOptions } from "../lib/check.ts";
import { cookiesWorthAsking } from "../request/carriers.ts";
import { endCarried } from "../request/check.ts";
import { type CookieAttributes, type SessionCookie, sessionCookie } from "../request/cookie.ts";
import { type CookieOptions, readCookieOptions } from "../request/cookie-options.ts";
import { type LazyService, lazyService } from "../request/lazy-service.ts";
import {
  checkedHolder,
  cookieFor,
  endAll,
  endOthers,
  type Holder,
  listOwn,
  type Rotated,
  reauthenticateHeld,
  rotateHeld,
} from "../request/own-sessions.ts";
import { endUnheld, replaceSession, type SignInOptions } from "../request/replace.ts";
import type { Session, TokenFacts } from "../session.ts";
import type { ListOptions, RotateOptions } from "../sessions/options.ts";
import type { SessionList } from "../sessions/types.ts";
import type { AuthenticationInput } from "../token/authentication.ts";

/** The cookies of a request, as frameworks provide them. */
export interface RequestCookies {
  /** The value of a cookie of the request: as text, or as an object that contains it. */
  get(name: string): string | { readonly value: string } | undefined;
  /** All cookies of that name, if the framework has them. Those of another `name` are left out: some frameworks return all. */
  // biome-ignore lint/suspicious/noExplicitAny: SvelteKit's takes options instead of a name
  getAll?(name: any): readonly { readonly name?: string; readonly value: string }[];
}

/** The cookies of a request and its answer, as frameworks provide them. */
export interface CookieJar extends RequestCookies {
  /** Sets a cookie with the answer. */
  set(name: string, value: string, attributes: CookieAttributes): unknown;
}

/** Options of `cookieAuth`. */
export interface CookieAuthOptions<Input = unknown, Output = Input> {
  /** The token service, or a function that makes it at the first call, so that a build needs no secret. */
  readonly rwt: LazyService<Input, Output>;
  /**
   * The cookie.
   * @default {}
   */
  readonly cookie?: CookieOptions | undefined;
}

/** What `cookieAuth` returns. */
export interface CookieAuth<Input, Output = Input> {
  /**
   * Returns the live session of the jar's cookie, or `null`. It never sets a cookie, so it works where the answer has begun.
   *
   * @throws StoreUnavailableError if the store doesn't answer, which isn't a sign-out
   */
  readonly session: (jar: RequestCookies) => Promise<Session<Output> | null>;
  /**
   * Looks at the jar's token without asking the store: an optimistic check, before a redirect to the sign-in page. A session that
   * has ended still passes, so call `session` before you show anything private.
   *
   * @returns `null` if no token is genuine and before its deadline
   */
  readonly inspect: (jar: RequestCookies) => Promise<TokenFacts | null>;
  /**
   * Starts a session, sets its cookie, and ends the sessions that the jar came with.
   *
   * @returns the token
   * @throws DataError, OptionTypeError, OptionRangeError as `sign` does
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly signIn: (jar: CookieJar, data: Input, options?: SignInOptions) => Promise<string>;
  /**
   * Ends the session and clears the cookie.
   *
   * @returns whether there was a live session
   * @throws StoreUnavailableError if the store doesn't answer: the cookie is cleared, but the session may still be live
   */
  readonly signOut: (jar: CookieJar) => Promise<boolean>;
  /**
   * Replaces the token of the session, and sets its cookie. When privileges change, use `reauthenticate`.
   *
   * @param options - by default the old token works for 10 more seconds
   * @returns the new token; `null` if there is no live session
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly rotate: (jar: CookieJar, options?: RotateOptions) => Promise<string | null>;
  /**
   * Records that the user has just proved again who they are (step-up), replaces the token, and sets its cookie. The old token ends
   * at once (OWASP ASVS 7.2.4, 7.5.3). `meetsRequirement` of `redis-web-token/request` checks it later.
   *
   * @param auth - replaces what the session held: give all methods that the user has used
   * @returns the new token; `null` if there is no live session
   * @throws OptionTypeError, OptionRangeError if `auth` is wrong
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly reauthenticate: (jar: CookieJar, auth: AuthenticationInput) => Promise<string | null>;
  /**
   * Lists the live sessions of the session's subject, and marks its own as `current`. Empty without a live session.
   *
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly listSessions: (
    jar: RequestCookies,
    options?: Omit<ListOptions, "current">,
  ) => Promise<SessionList>;
  /**
   * Ends every other session of the session's subject.
   *
   * @returns whether there was a subject whose sessions could end
   * @throws StoreUnavailableError if the store doesn't answer
   */
  readonly endOtherSessions: (jar: RequestCookies) => Promise<boolean>;
  /**
   * Ends all sessions of the session's subject, its own too, and clears the cookie. A session without a subject ends alone.
   *
   * @returns whether there was a live session; if not, nothing ends and the cookie stays
   * @throws StoreUnavailableError if the store doesn't answer: the cookie stays, so that the user can retry
   */
  readonly signOutEverywhere: (jar: CookieJar) => Promise<boolean>;
}

/**
 * Sessions over cookie jars. It doesn't check where a request comes from (CSRF): use it where the framework does, as Next does
 * for Server Actions and SvelteKit for forms; elsewhere use `requestAuth`.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { type CookieJar, cookieAuth } from "redis-web-token/cookies";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const auth = cookieAuth({
 *   rwt: () => createRwt<{ id: string }>({ store: memoryStore(), secret: process.env.RWT_SECRET ?? "" }),
 * });
 *
 * export async function logIn(cookies: CookieJar): Promise<void> {
 *   await auth.signIn(cookies, { id: "42" }, { subject: "42" }); // after checking the password
 * }
 * ```
 */
export function cookieAuth<Input = unknown, Output = Input>(
  options: CookieAuthOptions<Input, Output>,
): CookieAuth<Input, Output> {
  const { rwt, cookie: cookieOptions = {} } = knownOptions("cookieAuth's options", options, [
    "rwt",
    "cookie",
  ]);
  const cookie = readCookieOptions(cookieOptions);
  const serviceOf = lazyService(rwt);

  /** The jar's tokens, not yet checked. */
  async function read(jar: RequestCookies): Promise<Holder> {
    const service = serviceOf();
    const tokens = await cookiesWorthAsking(service, valuesIn(jar, cookie.name));
    return { rwt: service, cookie, tokens, deciding: tokens, isCookie: true };
  }
  const checked = async (jar: RequestCookies): Promise<Holder> => checkedHolder(await read(jar));

  /**
   * Checks the jar's tokens, and sets the cookie of a live session as it is: where that fails, as in a Server Component, a new
   * token would be lost, and the session too.
   */
  async function checkedAndSettable(jar: CookieJar, held: Holder): Promise<Holder> {
    const found = await checkedHolder(held);
    if (found.session && found.tokens[0]) put(jar, await cookieFor(found, found.tokens[0]));
    return found;
  }

  /** Replaces the token of the jar's session. */
  async function replaceToken(
    jar: CookieJar,
    replace: (held: Holder) => Promise<Rotated | null>,
  ): Promise<string | null> {
    const held = await checkedAndSettable(jar, await read(jar));
    const replaced = await replace(held);
    put(jar, replaced?.cookie);
    return replaced?.token ?? null;
  }

  return {
    async session(jar) {
      // Prerendering asks without a cookie, where a build has no secret.
      if (valuesIn(jar, cookie.name).length === 0) return null;
      return ((await checked(jar)).session ?? null) as Session<Output> | null;
    },
    async inspect(jar) {
      const { rwt: service, tokens } = await read(jar);
      for (const token of tokens) {
        const found = await service.inspect(token);
        if (found) return found;
      }
      return null;
    },
    async signIn(jar, data, signInOptions) {
      const held = await read(jar);
      if (held.tokens.length > 0) await checkedAndSettable(jar, held);
      const { token, cookie: made } = await replaceSession(held, data, signInOptions);
      try {
        put(jar, made);
      } catch (error) {
        // As in a Server Component, or after the answer has begun: nobody gets the token.
        await endUnheld(serviceOf(), token);
        throw error;
      }
      return token;
    },
    async signOut(jar) {
      const held = await read(jar);
      put(jar, sessionCookie(cookie, ""));
      return endCarried(held);
    },
    rotate: (jar, rotateOptions) => replaceToken(jar, (held) => rotateHeld(held, rotateOptions)),
    reauthenticate: (jar, auth) => replaceToken(jar, (held) => reauthenticateHeld(held, auth)),
    listSessions: async (jar, listOptions) => listOwn(await checked(jar), listOptions),
    endOtherSessions: async (jar) => endOthers(await checked(jar)),
    async signOutEverywhere(jar) {
      const held = await checked(jar);
      const ended = await endAll(held);
      if (held.session) put(jar, sessionCookie(cookie, ""));
      return ended;
    },
  };
}

/** @throws OptionTypeError if the jar is something else, such as a promise, which would make every user look signed out */
function valuesIn(jar: RequestCookies, name: string): readonly string[] {
  if (typeof (jar as Partial<RequestCookies> | undefined)?.get !== "function")
    throw noJar("have get(name), so await it if it is a promise");
  const all = jar.getAll?.(name) ?? [jar.get(name) ?? []].flat();
  if (!Array.isArray(all)) throw noJar("return an array from getAll(name), not a promise");
  const found: readonly (string | { readonly name?: string; readonly value: string })[] = all;
  const own = found.filter((one) => typeof one === "string" || (one.name ?? name) === name);
  const values = own.map((one) => (typeof one === "string" ? one : one.value));
  if (values.every((value) => typeof value === "string")) return values.filter((value) => value !== "");
  throw noJar("return text or { value } from get(name), not a promise");
}

const noJar = (must: string): OptionTypeError => new OptionTypeError("jar", `the cookie jar must ${must}`);

function put(jar: CookieJar, made: SessionCookie | undefined): void {
  if (!made) return;
  if (typeof jar.set !== "function") throw noJar("have set(name, value, attributes)");
  jar.set(made.name, made.value, made.attributes);
}
