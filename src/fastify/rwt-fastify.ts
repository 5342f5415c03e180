import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { MiddlewareMissingError } from "../errors.ts";
import { knownOptions } from "../lib/check.ts";
import { fastifySource, headersTo } from "../request/node-source.ts";
import { RequestRefusedError } from "../request/refused-error.ts";
import { type AuthRequirement, readRequirement } from "../request/requirement.ts";
import { type AuthCall, THROWING_OPTIONS, throwingAuth } from "../request/throwing-auth.ts";
import type { Session } from "../session.ts";
import type { RwtFastifyOptions, RwtReply, RwtRequest } from "./types.ts";

/** The live session of a request, once a check has found it. */
const FOUND = Symbol("redis-web-token");
/** Why the last call refused the request. The session of an earlier check stays, for handlers that catch it. */
const REFUSED = Symbol("redis-web-token refused");
/** Whether the answer may depend on the session. */
const ASKED = Symbol("redis-web-token asked");
type Checked = {
  [FOUND]?: Session | undefined;
  [REFUSED]?: RequestRefusedError | undefined;
  [ASKED]?: boolean;
};
type CheckedRequest = FastifyRequest & RwtRequest & Checked;
type Reply = FastifyReply & { readonly request: CheckedRequest };

/**
 * A hook, such as `onRequest`, that lets a request through only with a live session, which becomes `request.auth`.
 *
 * @throws RequestRefusedError 400, 401, 403, or 503 while the store is out
 * @throws MiddlewareMissingError if `rwtFastify` isn't registered where the route is
 */
export async function requireSession(request: object): Promise<void> {
  if (!("findSession" in request))
    throw new MiddlewareMissingError("requireSession needs app.register(rwtFastify, { rwt })");
  if ((await (request as CheckedRequest).findSession()) === null) throw (request as CheckedRequest)[REFUSED];
}

/**
 * Makes a hook that lets a request through only with a live session whose user has proved what you require (step-up), such as
 * `requireAuthentication({ maxAge: 300 })`. Else it refuses with 401 and the challenge of RFC 9470, which ends no session.
 *
 * @throws OptionTypeError, OptionRangeError if the requirement is wrong
 */
export function requireAuthentication(requirement: AuthRequirement): (request: object) => Promise<void> {
  const require = readRequirement(requirement);
  return async (request) => {
    if (!("requireAuthentication" in request))
      throw new MiddlewareMissingError("requireAuthentication needs app.register(rwtFastify, { rwt })");
    await (request as CheckedRequest).requireAuthentication(require);
  };
}

/**
 * A plugin that adds {@link RwtRequest} and {@link RwtReply} to the app that registers it. The hook `requireSession` protects
 * routes. With `trustProxy`, the CSRF check believes the proxy's `X-Forwarded-Host`. Answers that depend on a session get
 * `Cache-Control: no-store` unless they have another.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import Fastify from "fastify";
 * import { requireSession, rwtFastify } from "redis-web-token/fastify";
 * import { rwt } from "./auth.ts";
 *
 * const app = Fastify();
 * await app.register(rwtFastify, { rwt, from: ["bearer", "cookie"] });
 * app.get("/private", { onRequest: requireSession }, async () => "only with a session");
 * ```
 */
export const rwtFastify: FastifyPluginAsync<RwtFastifyOptions> = async (app, options) => {
  const {
    auth,
    meets,
    proofOf,
    settle: settleOrThrow,
  } = throwingAuth<never, unknown>(knownOptions("rwtFastify's options", options, THROWING_OPTIONS));

  /** Makes a call, and notes its refusal for `onSend`. */
  async function settle<Result>(
    request: CheckedRequest,
    call: AuthCall<Result>,
    reply?: Reply,
  ): Promise<Result> {
    request[ASKED] = true;
    try {
      return await settleOrThrow(fastifySource(request), call, reply && headersTo(reply));
    } catch (error) {
      if (error instanceof RequestRefusedError) request[REFUSED] = error;
      throw error;
    }
  }
  /** A call after which the request has another session, or none. */
  function change<Result>(reply: Reply, call: AuthCall<Result>): Promise<Result> {
    reply.request[FOUND] = reply.request[REFUSED] = undefined;
    return settle(reply.request, call, reply);
  }

  const requests: Omit<RwtRequest, "auth"> & ThisType<CheckedRequest> = {
    async findSession() {
      try {
        this[FOUND] ??= await settle(this, (source) => auth.authenticate(source));
      } catch (error) {
        if (!(error instanceof RequestRefusedError && error.statusCode === 401)) throw error;
      }
      return this[FOUND] ?? null;
    },
    async requireAuthentication(require) {
      const found = this[FOUND];
      // Ask the store again only to refuse the request.
      if (found && meets(found, readRequirement(require))) return;
      this[FOUND] = await settle(this, (source) => auth.authenticate(source, { require }));
    },
    listSessions(list) {
      return settle(this, (source) => auth.listSessions(source, list));
    },
    endOtherSessions() {
      return settle(this, auth.endOtherSessions);
    },
  };
  const replies: RwtReply<never> & ThisType<Reply> = {
    async signIn(data, signing) {
      return (await change(this, (source) => auth.signIn(source, data, signing))).token;
    },
    async signOut() {
      return (await change(this, auth.signOut)).ended;
    },
    async signOutEverywhere() {
      return (await change(this, auth.signOutEverywhere)).ended;
    },
    async reauthenticate(input) {
      const { request } = this;
      const proof = proofOf(input);
      const { token } = await settle(request, (source) => auth.reauthenticate(source, proof), this);
      request[FOUND] &&= { ...request[FOUND], auth: proof };
      return token;
    },
    async rotateSession(rotation) {
      return (await settle(this.request, (source) => auth.rotateSession(source, rotation), this)).token;
    },
  };
  function getter(this: Checked): Session {
    const session = this[FOUND];
    if (session) return session;
    throw new MiddlewareMissingError("request.auth needs the hook requireSession on its route");
  }
  for (const [name, value] of Object.entries({ ...requests, auth: { getter } }))
    app.decorateRequest<unknown>(name, value);
  for (const [name, value] of Object.entries(replies)) app.decorateReply<unknown>(name, value);
  // In onSend, because an error handler may have written the response.
  app.addHook("onSend", (request: FastifyRequest & Checked, reply, payload, next) => {
    const refused = request[REFUSED];
    const isRefused = refused?.statusCode === reply.statusCode;
    const headers = isRefused ? refused.headers : request[ASKED] && { "cache-control": "no-store" };
    for (const [name, value] of Object.entries(headers || {}))
      if (!reply.hasHeader(name)) reply.header(name, value);
    next(null, payload);
  });
};

// As fastify-plugin does, so that the decorators belong to the app that registers the plugin, and not to a child of it.
Object.assign(rwtFastify, {
  [Symbol.for("skip-override")]: true,
  [Symbol.for("fastify.display-name")]: "redis-web-token",
  [Symbol.for("plugin-meta")]: { name: "redis-web-token", fastify: "5.x" },
});
