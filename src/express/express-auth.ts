import { MiddlewareMissingError } from "../errors.ts";
import { expressSource, headersTo } from "../request/node-source.ts";
import { ENTRY_OPTIONS, readAuthOptions } from "../request/options.ts";
import { RequestRefusedError } from "../request/refused-error.ts";
import { readRequirement } from "../request/requirement.ts";
import { runningHandlers } from "../request/running-handlers.ts";
import { type AuthCall, throwingAuth } from "../request/throwing-auth.ts";
import type { Session } from "../session.ts";
import type * as Types from "./types.ts";

/**
 * Authenticates requests in Express 4 and 5, Connect and `node:http`.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import express from "express";
 * import { expressAuth } from "redis-web-token/express";
 * import { rwt } from "./auth.ts";
 *
 * const auth = expressAuth({ rwt, from: ["bearer", "cookie"] });
 * const app = express();
 * app.post("/login", async (req, res) => {
 *   const user = { id: "42", name: "Ada" }; // after checking the password
 *   if (await auth.signIn(req, res, user, { subject: user.id })) res.redirect(303, "/private");
 * });
 * app.get("/private", auth.required, (req, res) => void res.json(auth.session(req).data));
 * ```
 */
export function expressAuth<Input = unknown, Output = Input>(
  options: Types.ExpressAuthOptions<Input, Output>,
): Types.ExpressAuth<Input, Output> {
  readAuthOptions("expressAuth's options", options, ENTRY_OPTIONS);
  const handlers = runningHandlers();
  const { auth, find, meets, proofOf, settle: settleOrThrow } = throwingAuth<Input, Output>(options);
  /** What this service found: an app may have several. */
  const FOUND = Symbol("redis-web-token");
  type Req = Types.ExpressRequest & { [FOUND]?: Session<Output> | null };
  type Res = Types.ExpressResponse;

  /** Makes a call, and with `sets` sets the headers of its result. A refused request is answered. */
  async function settle<Result>(req: Req, res: Res, call: AuthCall<Result>, next = rethrow, sets = false) {
    const isNested = handlers.has(req);
    try {
      const result = await settleOrThrow(expressSource(req), call, sets ? headersTo(res) : undefined);
      if (!res.headersSent) res.setHeader("Cache-Control", "no-store");
      return result;
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      // A middleware with a timeout may have answered meanwhile.
      if (res.headersSent) return undefined;
      const { onFailure } = options;
      // A next without an error would let the refused request in.
      const passOn = (passed?: unknown) => next(passed || error);
      if (onFailure && !isNested) await handlers.during(req, () => onFailure(error, req, res, passOn));
      else answer(res, error);
    }
    return undefined;
  }

  async function check<Found extends Session<Output> | null>(
    req: Req,
    res: Res,
    call: AuthCall<Found>,
    next?: Types.ExpressNext,
    isEnough = (_: Session<Output>) => true,
  ): Promise<Session<Output> | Found | undefined> {
    const known = req[FOUND];
    // Ask the store again only to refuse the request.
    const session = known && isEnough(known) ? known : await settle(req, res, call, next);
    if (session !== undefined) req.auth = req[FOUND] = session;
    return session;
  }

  const middleware =
    (
      call: AuthCall<Session<Output> | null>,
      isEnough?: (known: Session<Output>) => boolean,
    ): Types.ExpressMiddleware =>
    (req, res, next) =>
      check(req, res, call, next, isEnough).then((found) => (found === undefined ? undefined : next()), next);
  /** A call that sets headers and cookie. */
  function set<Result>(req: Req, res: Res, call: AuthCall<Result>): Promise<Result | undefined> {
    return settle(req, res, call, rethrow, true);
  }
  /** A call after which the request has another session, or none. */
  function change<Result>(req: Req, res: Res, call: AuthCall<Result>): Promise<Result | undefined> {
    req.auth = req[FOUND] = null;
    return set(req, res, call);
  }

  return {
    required: middleware(auth.authenticate),
    requires(requirement) {
      const require = readRequirement(requirement);
      const call: AuthCall<Session<Output>> = (source) => auth.authenticate(source, { require });
      return middleware(call, (known) => meets(known, require));
    },
    optional: middleware(find),
    session(req: Req) {
      const session = req[FOUND];
      if (session) return session;
      throw new MiddlewareMissingError("auth.session needs auth.required before it");
    },
    sessionOrNull(req: Req) {
      const session = req[FOUND];
      if (session !== undefined) return session;
      throw new MiddlewareMissingError("auth.sessionOrNull needs auth.optional before it");
    },
    authenticate: (req, res) => check(req, res, auth.authenticate),
    signIn: (req, res, data, signing) => change(req, res, (source) => auth.signIn(source, data, signing)),
    signOut: (req, res) => change(req, res, auth.signOut),
    signOutEverywhere: (req, res) => change(req, res, auth.signOutEverywhere),
    rotateSession: (req, res, rotation) => set(req, res, (source) => auth.rotateSession(source, rotation)),
    async reauthenticate(req: Req, res, input) {
      const proof = proofOf(input);
      const steppedUp = await set(req, res, (source) => auth.reauthenticate(source, proof));
      if (steppedUp && req[FOUND]) req.auth = req[FOUND] = { ...req[FOUND], auth: proof };
      return steppedUp;
    },
    listSessions: (req, res, list) => settle(req, res, (source) => auth.listSessions(source, list)),
    async endOtherSessions(req, res) {
      const ended = await settle(req, res, auth.endOtherSessions);
      return ended === undefined ? undefined : { ended };
    },
  };
}

/** What a call rejects with, where no middleware has a `next`. */
function rethrow(error?: unknown): void {
  if (error) throw error;
}

/** The answer to a refused request, unless the app has its own. */
function answer(res: Types.ExpressResponse, { statusCode, headers, message }: RequestRefusedError): void {
  res.statusCode = statusCode;
  for (const [name, value] of Object.entries({ ...headers, "content-type": "text/plain;charset=UTF-8" }))
    res.setHeader(name, value);
  res.end(message);
}
