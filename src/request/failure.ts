import type { StoreUnavailableError } from "../errors.ts";
import type { AuthSettings } from "./options.ts";

/** Why a request is refused. */
export interface AuthFailure {
  /**
   * 400: the request carries its token wrongly; 401: it has none, or none that lives; 503: the store is out,
   * so nobody knows.
   */
  readonly status: 400 | 401 | 503;
  /** RFC 6750 §3.1's error code; none where no token came, or the store is out. */
  readonly error: "invalid_request" | "invalid_token" | undefined;
  /** The store's error, where `status` is 503. */
  readonly cause: StoreUnavailableError | undefined;
  /** The answer, unless `onFailure` gives another. */
  readonly response: Response;
}

const TEXT = {
  invalid_token: "The access token is malformed, forged, expired or revoked",
  invalid_request: "The request must carry one well-formed token",
} as const;

/** A refusal of what a request carries: a challenge, without an error code where no token came (RFC 6750 §3.1). */
export function refusal(
  { realm }: AuthSettings,
  status: 400 | 401,
  error?: "invalid_request" | "invalid_token",
): AuthFailure {
  const text = error ? TEXT[error] : "Unauthorized";
  const code = error ? `, error="${error}", error_description="${text}"` : "";
  const response = answer(status, text, { "WWW-Authenticate": `Bearer realm="${realm}"${code}` });
  return { status, error, cause: undefined, response };
}

/** The store is out: the client shall keep its token and come again. */
export const unavailable = (settings: AuthSettings, cause: StoreUnavailableError): AuthFailure => ({
  status: 503,
  error: undefined,
  cause,
  response: answer(503, "Service Unavailable", { "Retry-After": `${settings.retryAfter}` }),
});

const answer = (status: number, text: string, headers: Record<string, string>): Response =>
  new Response(text, {
    status,
    headers: { ...headers, "Cache-Control": "no-store", "Content-Type": "text/plain; charset=UTF-8" },
  });
