import { MiddlewareMissingError } from "../errors.ts";
import type { IncomingRequest } from "../request/incoming.ts";
import { CARRIER_OPTIONS, readAuthOptions } from "../request/options.ts";
import { createRefusals } from "../request/refused-error.ts";
import { requestAuth } from "../request/request-auth.ts";
import { runningHandlers } from "../request/running-handlers.ts";
import type { Session } from "../session.ts";
import type {
  ExpressAuth,
  ExpressAuthOptions,
  ExpressMiddleware,
  ExpressNext,
  ExpressRequest,
  ExpressResponse,
} from "./types.ts";

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
  options: ExpressAuthOptions<Input, Output>,
): ExpressAuth<Input, Output> {
  readAuthOptions("expressAuth's options", options, CARRIER_OPTIONS);
  const refusals = createRefusals();
  const handlers = runningHandlers();
  const auth = requestAuth<Input, Output>({
    ...options,
    optional: false,
    onFailure: refusals.onFailure,
  });
  /** What this service found: an app may have several. */
  const FOUND = Symbol("redis-web-token");
  type Request = ExpressRequest & { [FOUND]?: Session<Output> | null };

  /** Does something with a request, and sets the headers of its result. A refused request is answered. */
  async function settle<Result extends object | null>(
    req: Request,
    res: ExpressResponse,
    work: (source: IncomingRequest) => Promise<Result | Response>,
    next: ExpressNext = rethrow,
  ): Promise<Result | undefined> {
    const isNested = handlers.has(req);
    const source = sourceOf(req);
    const result = await work(source);
    if (!(result instanceof Response)) {
      if (result && "headers" in result) addHeaders(res, result.headers as Headers);
      else if (!res.headersSent) res.setHeader("Cache-Control", "no-store");
      return result;
    }
    const text = await result.text();
    // A middleware with a timeout may have answered meanwhile.
    if (res.headersSent) return undefined;
    const { onFailure } = options;
    if (onFailure && !isNested) {
      for (const cookie of result.headers.getSetCookie()) res.appendHeader("Set-Cookie", cookie);
      const error = refusals.errorOf(source, text);
      await handlers.during(req, () => onFailure(error, req, res, next));
    } else {
      res.statusCode = result.status;
      addHeaders(res, result.headers);
      res.end(text);
    }
    return undefined;
  }

  async function find<Found extends Session<Output> | null>(
    req: Request,
    res: ExpressResponse,
    work: (source: IncomingRequest) => Promise<Found | Response>,
    next?: ExpressNext,
  ): Promise<Session<Output> | Found | undefined> {
    const session = req[FOUND] ?? (await settle(req, res, work, next));
    if (session === undefined) return undefined;
    keep(req, session);
    return session;
  }
  function keep(req: Request, session: Session<Output> | null): void {
    req.auth = req[FOUND] = session;
  }

  const middleware =
    (work: (source: IncomingRequest) => Promise<Session<Output> | null | Response>): ExpressMiddleware =>
    async (req, res, next) => {
      try {
        if ((await find(req, res, work, next)) === undefined) return;
      } catch (error) {
        return next(error);
      }
      next();
    };

  return {
    required: middleware(auth.authenticate),
    optional: middleware(async (source) => {
      const session = await auth.authenticate(source);
      return session instanceof Response && session.status === 401 ? null : session;
    }),
    session(req: Request) {
      const session = req[FOUND];
      if (session) return session;
      throw new MiddlewareMissingError("auth.session needs auth.required before it");
    },
    sessionOrNull(req: Request) {
      const session = req[FOUND];
      if (session !== undefined) return session;
      throw new MiddlewareMissingError("auth.sessionOrNull needs auth.optional before it");
    },
    authenticate: (req, res) => find(req, res, auth.authenticate),
    signIn(req, res, data, signing) {
      keep(req, null);
      return settle(req, res, (source) => auth.signIn(source, data, signing));
    },
    signOut(req, res) {
      keep(req, null);
      return settle(req, res, auth.signOut);
    },
    rotateSession: (req, res, rotation) => settle(req, res, (source) => auth.rotateSession(source, rotation)),
    listSessions: (req, res, list) => settle(req, res, (source) => auth.listSessions(source, list)),
    endOtherSessions: (req, res) =>
      settle(req, res, async (source) => {
        const ended = await auth.endOtherSessions(source);
        return ended instanceof Response ? ended : { ended };
      }),
  };
}

/** What a call rejects with, where no middleware has a `next`. */
function rethrow(error: unknown): void {
  if (error) throw error;
}

/**
 * The request as it came. Below `app.use("/path", …)`, Express's `url` lacks that path. With `trust proxy`, the host is the one
 * that the proxy forwards. Express says whether to believe it, by `hostname`, which lacks the port.
 */
function sourceOf(req: ExpressRequest): IncomingRequest {
  const { method, url, originalUrl = url, headers, httpVersion, app } = req;
  const [host = ""] = `${(headers as Record<string, unknown>)["x-forwarded-host"] ?? ""}`.split(/ *,/);
  const isForwarded =
    app?.enabled("trust proxy") && host !== "" && host.replace(/:\d*$/, "") === req.hostname;
  return {
    method,
    url: isForwarded && originalUrl?.startsWith("/") ? `http://${host}${originalUrl}` : originalUrl,
    headers,
    httpVersion,
  };
}

/** Adds to the cookies that others have set. */
function addHeaders(res: ExpressResponse, headers: Headers): void {
  for (const [name, value] of headers) {
    if (name === "set-cookie") res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
}
