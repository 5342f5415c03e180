import type { StoreUnavailableError } from "../errors.ts";
import type { AuthSettings } from "./options.ts";

/** What is wrong with what a request carries. */
export type AuthErrorCode = "invalid_request" | "invalid_token" | "cross_site";

/** Why a request is refused. */
export interface AuthFailure {
  /**
   * 400: the request carries its token wrongly; 401: it has none, or none that lives; 403: another site's page may have
   * sent it; 503: the store is out, so nobody knows.
   */
  readonly status: 400 | 401 | 403 | 503;
  /** RFC 6750 §3.1's error code, or `"cross_site"`; none where no token came, or the store is out. */
  readonly error: AuthErrorCode | undefined;
  /** The store's error, where `status` is 503. */
  readonly cause: StoreUnavailableError | undefined;
  /** The answer, unless `onFailure` gives another. It sets no cookie. */
  readonly response: Response;
}

const REFUSALS = {
  invalid_token: [401, "Not a live token"],
  invalid_request: [400, "Send one token"],
  cross_site: [403, "Cross-site: see csrf.origins"],
} as const;

/** The answer to what a request carries or, with a cause, to an outage: the client should keep its token and retry. */
export function failureOf(
  { realm, retryAfter }: AuthSettings,
  error?: AuthErrorCode,
  cause?: StoreUnavailableError,
): AuthFailure {
  const [status, text] = error
    ? REFUSALS[error]
    : cause
      ? ([503, "Service Unavailable"] as const)
      : ([401, "Unauthorized"] as const);
  const code = error ? `, error="${error}", error_description="${text}"` : "";
  const headers = {
    "Cache-Control": "no-store",
    ...(cause && { "Retry-After": `${retryAfter}` }),
    // A challenge, without an error code where no token came (RFC 6750 §3.1), and none where no token would help.
    ...(status < 403 && { "WWW-Authenticate": `Bearer realm="${realm}"${code}` }),
  };
  return { status, error, cause, response: new Response(text, { status, headers }) };
}
