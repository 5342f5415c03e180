import { type ExecutionContext, HttpException } from "@nestjs/common";
import { MiddlewareMissingError } from "../errors.ts";
import {
  type ExpressSource,
  expressSource,
  type FastifyAnswer,
  type FastifySource,
  fastifySource,
  headersTo,
  type NodeResponse,
} from "../request/node-source.ts";
import { RequestRefusedError } from "../request/refused-error.ts";
import { type AuthRequirement, readRequirement } from "../request/requirement.ts";
import type { AuthCall, ThrowingAuth } from "../request/throwing-auth.ts";
import type { Session } from "../session.ts";
import type { NestAuth } from "./types.ts";

/** The calls for a request, and the check of the guards. */
export interface BoundAuth extends NestAuth<never, unknown> {
  /** @param require - checked */
  check(require?: AuthRequirement): Promise<void>;
}

/** Binds the calls to a request and its response. */
export function bind(
  { auth, find, meets, proofOf, settle: settleOrThrow }: ThrowingAuth<never, unknown>,
  context: ExecutionContext,
): BoundAuth {
  const request = context.switchToHttp().getRequest<ExpressSource | FastifySource>();
  const reply = context.switchToHttp().getResponse<NodeResponse | FastifyAnswer>();
  let found: Session | undefined;

  const setHeader = headersTo(reply);
  const isBegun = () => ("raw" in reply ? reply.raw : reply).headersSent;
  async function settle<Result>(call: AuthCall<Result>, setCookie?: typeof setHeader): Promise<Result> {
    const source = "raw" in request ? fastifySource(request) : expressSource(request);
    if (!isBegun()) setHeader("cache-control", "no-store");
    try {
      return await settleOrThrow(source, call, setCookie);
    } catch (error) {
      if (!(error instanceof RequestRefusedError)) throw error;
      if (!isBegun()) for (const [name, value] of Object.entries(error.headers)) setHeader(name, value);
      throw new HttpException(error.message, error.statusCode, { cause: error });
    }
  }
  /** A call after which the request has another session, or none. */
  function change<Result>(call: AuthCall<Result>): Promise<Result> {
    found = undefined;
    return settle(call, setHeader);
  }

  async function check(require?: AuthRequirement): Promise<void> {
    // Ask the store again only to refuse the request.
    if (found && (!require || meets(found, require))) return;
    found = await settle((source) => auth.authenticate(source, { require }));
  }

  return {
    get session() {
      if (found) return found;
      throw new MiddlewareMissingError("auth.session needs @UseGuards(SessionGuard) on its route");
    },
    check,
    async findSession() {
      const session = found ?? (await settle(find));
      found = session ?? undefined;
      return session;
    },
    requireAuthentication: async (requirement) => check(readRequirement(requirement)),
    async reauthenticate(input) {
      const proof = proofOf(input);
      const { token } = await settle((source) => auth.reauthenticate(source, proof), setHeader);
      found &&= { ...found, auth: proof };
      return token;
    },
    signIn: async (data, signing) => (await change((source) => auth.signIn(source, data, signing))).token,
    signOut: async () => (await change(auth.signOut)).ended,
    signOutEverywhere: async () => (await change(auth.signOutEverywhere)).ended,
    rotateSession: async (how) =>
      (await settle((source) => auth.rotateSession(source, how), setHeader)).token,
    listSessions: (list) => settle((source) => auth.listSessions(source, list)),
    endOtherSessions: () => settle(auth.endOtherSessions),
  };
}
