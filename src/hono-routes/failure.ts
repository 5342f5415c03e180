import type { StoreUnavailableError } from "../errors.ts";

/** Why a request to one of the routes is refused. */
export interface RouteFailure {
  /**
   * 400, 413, 415: the form is invalid; 401: unknown client; 403: the client isn't allowed to do this; 405: not a POST;
   * 503: the store didn't answer, so it isn't known whether the token is live.
   */
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 503;
  /** The error code of RFC 6749 §5.2 and §4.1.2.1. */
  readonly error: "invalid_request" | "invalid_client" | "unauthorized_client" | "temporarily_unavailable";
  /** What is wrong. It contains nothing from the request. */
  readonly description: string;
  /** The client's id, if it has authenticated. */
  readonly client: string | undefined;
  /** The store's error, if `status` is 503. */
  readonly cause: StoreUnavailableError | undefined;
  /** The response, unless `onFailure` returns another. */
  readonly response: Response;
}

type Details = Pick<RouteFailure, "status" | "error" | "description"> &
  Partial<Pick<RouteFailure, "client" | "cause">>;

export const NO_STORE: { readonly "Cache-Control": "no-store" } = { "Cache-Control": "no-store" };

export function refusal(details: Details, headers: Record<string, string> = {}): RouteFailure {
  const { status, error, description } = details;
  const body = { error, error_description: description };
  const response = Response.json(body, { status, headers: { ...headers, ...NO_STORE } });
  return { client: undefined, cause: undefined, ...details, response };
}

/** The protection space: that of the services, not of the tokens that they ask about (RFC 9110 §11.5). */
const REALM = 'realm="clients"';

/** Challenges by the scheme that the client tried: RFC 6749 §5.2 for Basic, RFC 6750 §3.1 for Bearer (RFC 7662 §2.3). */
const CHALLENGES: ReadonlyMap<string, string> = new Map([
  ["basic", `Basic ${REALM}`],
  ["bearer", `Bearer ${REALM}, error="invalid_token"`],
]);

/** Refuses an unknown client. If it tried neither scheme, it gets a challenge for each. */
export function invalidClient(authorization: string): RouteFailure {
  const [scheme = ""] = authorization.toLowerCase().split(" ");
  const challenge = CHALLENGES.get(scheme) ?? `Basic ${REALM}, Bearer ${REALM}`;
  const description = "The client must authenticate by HTTP Basic or a Bearer secret";
  return refusal({ status: 401, error: "invalid_client", description }, { "WWW-Authenticate": challenge });
}

/** @param retryAfter - seconds */
export const unavailable = (retryAfter: number, client: string, cause: StoreUnavailableError): RouteFailure =>
  refusal(
    {
      status: 503,
      error: "temporarily_unavailable",
      description: "The session store doesn't answer, so the token may be live: retry later",
      client,
      cause,
    },
    { "Retry-After": `${retryAfter}` },
  );
