import { boolean, knownOptions, typeError } from "../lib/check.ts";
import type { Session } from "../session.ts";
import type { SessionWatch } from "../watch/types.ts";
import { answerHeaders, type SessionRotated, type SignedOut } from "./answers.ts";
import { type Carried, readRequest } from "./carriers.ts";
import { checkTokens, endCarried, outage } from "./check.ts";
import { sessionCookie, withCookie } from "./cookie.ts";
import { type AuthFailure, failureOf } from "./failure.ts";
import { type IncomingRequest, sourceOf } from "./incoming.ts";
import { lazyService } from "./lazy-service.ts";
import { type AuthenticateOptions, readAuthenticateOptions, readAuthOptions } from "./options.ts";
import {
  endAll,
  endOthers,
  type Holder,
  listOwn,
  type Rotated,
  reauthenticateHeld,
  rotateHeld,
} from "./own-sessions.ts";
import { replaceSession } from "./replace.ts";
import { runningHandlers } from "./running-handlers.ts";
import type { Authenticate, RequestAuth, RequestAuthOptions } from "./types.ts";
import { type WatchedSession, watchHeld } from "./watch-held.ts";

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
    const answer = await handlers.during(request, () => onFailure(request, { ...failure, dropCookie }));
    // Callers tell a refusal from a session by this class. Anything else would let the request in.
    if (answer instanceof Response) return answer;
    throw typeError("onFailure", "a function that returns a Response of the global class", answer);
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
    (async (request: IncomingRequest, options: AuthenticateOptions = {}) =>
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
