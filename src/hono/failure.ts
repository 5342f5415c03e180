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
  missing: "Unauthorized",
  invalid_token: "The access token is malformed, forged, expired or revoked",
  invalid_request: "The request must carry one well-formed access token",
  unavailable: "Service Unavailable",
} as const;

/** No token came: a challenge without an error code (RFC 6750 §3.1). */
export const noToken = (settings: AuthSettings): AuthFailure => challenge(settings, 401, undefined);

export const invalidToken = (settings: AuthSettings): AuthFailure =>
  challenge(settings, 401, "invalid_token");

export const invalidRequest = (settings: AuthSettings): AuthFailure =>
  challenge(settings, 400, "invalid_request");

/** The store is out: the client shall keep its token and come again. */
export const unavailable = (settings: AuthSettings, cause: StoreUnavailableError): AuthFailure => ({
  status: 503,
  error: undefined,
  cause,
  response: answer(503, TEXT.unavailable, { "Retry-After": String(settings.retryAfter) }),
});

function challenge(settings: AuthSettings, status: 400 | 401, error: AuthFailure["error"]): AuthFailure {
  const text = TEXT[error ?? "missing"];
  const params = [`realm="${settings.realm}"`];
  if (error !== undefined) params.push(`error="${error}"`, `error_description="${text}"`);
  const response = answer(status, text, { "WWW-Authenticate": `Bearer ${params.join(", ")}` });
  return { status, error, cause: undefined, response };
}

const answer = (status: number, text: string, headers: Record<string, string>): Response =>
  new Response(text, {
    status,
    headers: { ...headers, "Cache-Control": "no-store", "Content-Type": "text/plain; charset=UTF-8" },
  });
