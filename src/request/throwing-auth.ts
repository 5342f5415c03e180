import type { Authentication, Session } from "../session.ts";
import { type AuthenticationInput, readAuthentication } from "../token/authentication.ts";
import type { SignedIn } from "./answers.ts";
import type { IncomingRequest } from "./incoming.ts";
import { lazyService } from "./lazy-service.ts";
import { ENTRY_OPTIONS } from "./options.ts";
import { RequestRefusedError } from "./refused-error.ts";
import { endUnheld } from "./replace.ts";
import { requestAuth } from "./request-auth.ts";
import { type AuthRequirement, isMet, timeOf } from "./requirement.ts";
import type { RequestAuth, RequestAuthOptions, RequestFailure } from "./types.ts";

/** The options of entries whose refusals are errors, so that error handlers take the place of `onFailure`. */
export const THROWING_OPTIONS: readonly Exclude<(typeof ENTRY_OPTIONS)[number], "onFailure">[] =
  ENTRY_OPTIONS.filter((name) => name !== "onFailure");

/** A call of `requestAuth`, for one request. */
export type AuthCall<Result> = (source: IncomingRequest) => Promise<Result | Response>;

/** `requestAuth` for frameworks that set headers one by one, and whose handlers refuse requests by throwing. */
export interface ThrowingAuth<Input, Output> {
  readonly auth: RequestAuth<Input, Output>;
  /** As `authenticate`, but `null` in place of a 401. */
  readonly find: AuthCall<Session<Output> | null>;
  /** Whether a session meets a checked requirement, by the service's clock. */
  readonly meets: (session: Session, requirement: AuthRequirement) => boolean;
  /** Checks what a step-up gives to `reauthenticate`, and fills in the time: the session's `auth` afterwards. */
  readonly proofOf: (auth: AuthenticationInput) => Authentication;
  /**
   * Makes a call, and sets the headers of its result; of a refusal only `Set-Cookie`, since the error has the others.
   *
   * @param setHeader - for calls that change the session. It must throw if the answer has begun: then no session changes
   * @throws RequestRefusedError if the call refuses the request
   */
  readonly settle: <Result>(
    source: IncomingRequest,
    call: AuthCall<Result>,
    setHeader?: (name: string, value: string) => void,
  ) => Promise<Result>;
}

export function throwingAuth<Input, Output>(
  options: Omit<RequestAuthOptions<Input, Output>, "optional" | "onFailure">,
): ThrowingAuth<Input, Output> {
  const failures = new WeakMap<IncomingRequest, RequestFailure>();
  const service = lazyService(options.rwt);
  const auth = requestAuth<Input, Output>({
    ...options,
    rwt: service,
    optional: false,
    onFailure(source, failure) {
      failures.set(source, failure);
      return failure.response;
    },
  });
  const started = new WeakSet<object>();
  return {
    auth: {
      ...auth,
      async signIn(source, data, signing) {
        const result = await auth.signIn(source, data, signing);
        started.add(result);
        return result;
      },
    },
    meets: (session, requirement) => isMet(session.auth, requirement, timeOf(service())),
    proofOf: (proof) => readAuthentication(proof, Math.floor(timeOf(service()))),
    async find(source) {
      const found = await auth.authenticate(source);
      return found instanceof Response && found.status === 401 ? null : found;
    },
    async settle(source, call, setHeader = () => {}) {
      setHeader("cache-control", "no-store");
      const result = await call(source);
      if (result instanceof Response) {
        const text = await result.text();
        const refusal = new RequestRefusedError(text, failures.get(source) as RequestFailure);
        try {
          for (const cookie of result.headers.getSetCookie()) setHeader("set-cookie", cookie);
        } catch {
          // The answer has begun meanwhile, such as by a middleware with a timeout.
        }
        throw refusal;
      }
      const { headers = [], token } = Object(result) as Partial<SignedIn>;
      try {
        for (const [name, value] of headers) setHeader(name, value);
      } catch (error) {
        // Likewise, and nobody gets the token.
        if (token && started.has(result as object)) await endUnheld(service(), token);
        throw error;
      }
      return result;
    },
  };
}
