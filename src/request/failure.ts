import type { StoreUnavailableError } from "../errors.ts";
import type { AuthSettings } from "./options.ts";
import { challengeParameters, stepUpText } from "./requirement.ts";

/** What is wrong with a request. */
export type AuthErrorCode =
  | "invalid_request"
  | "invalid_token"
  | "insufficient_user_authentication"
  | "cross_site";

/** Why a request is refused. */
export interface AuthFailure {
  /**
   * 400: the token is sent in a wrong way; 401: there is no token, no live one, or its user has to step up (`require`); 403: a page of another origin may have sent the
   * request; 503: the store didn't answer, so it isn't known whether the token is live.
   */
  readonly status: 400 | 401 | 403 | 503;
  /** The error code of RFC 6750 §3.1 or RFC 9470 §3, or `"cross_site"`; `undefined` if there is no token, or the store didn't answer. */
  readonly error: AuthErrorCode | undefined;
  /** The store's error, if `status` is 503. */
  readonly cause: StoreUnavailableError | undefined;
  /** The response, unless `onFailure` returns another. It sets no cookie. */
  readonly response: Response;
}

const STATUSES = {
  invalid_token: 401,
  insufficient_user_authentication: 401,
  invalid_request: 400,
  cross_site: 403,
} as const;

/** Makes the refusal of a request or, with a cause, that for an outage: the client should keep its token and retry. */
export function failureOf(
  settings: AuthSettings,
  error?: AuthErrorCode,
  cause?: StoreUnavailableError,
): AuthFailure {
  let response: Response | undefined;
  return {
    status: cause ? 503 : error ? STATUSES[error] : 401,
    error,
    cause,
    // Made when it is read: an app that answers in its own way needs none.
    get response() {
      response ??= responseOf(this, settings);
      return response;
    },
  };
}

const TEXTS = {
  invalid_token: "Not a live token",
  invalid_request: "Send one token",
  cross_site: "Cross-site: see csrf.origins",
} as const;

function responseOf(
  { status, error, cause }: Omit<AuthFailure, "response">,
  { realm, retryAfter, require = {} }: AuthSettings,
): Response {
  const isWeak = error === "insufficient_user_authentication";
  const named = error && (isWeak ? stepUpText(require) : TEXTS[error]);
  const code = error
    ? `, error="${error}", error_description="${named}"${isWeak ? challengeParameters(require) : ""}`
    : "";
  const headers = {
    "Cache-Control": "no-store",
    ...(cause && { "Retry-After": `${retryAfter}` }),
    // 400 and 401 get a challenge, without an error code if there is no token (RFC 6750 §3.1). 403 and 503 don't.
    ...(status < 403 && { "WWW-Authenticate": `Bearer realm="${realm}"${code}` }),
  };
  return new Response(named ?? (cause ? "Service Unavailable" : "Unauthorized"), { status, headers });
}
