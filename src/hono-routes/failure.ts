import type { StoreUnavailableError } from "../errors.ts";

/** Why a request to one of the routes is refused. */
export interface RouteFailure {
  /**
   * 400, 413, 415: the form is wrong; 401: no client that is known; 403: the client may not ask for this; 405: not a POST;
   * 503: the store is out, so nobody knows.
   */
  readonly status: 400 | 401 | 403 | 405 | 413 | 415 | 503;
  /** As RFC 6749 §5.2 and §4.1.2.1 name them. */
  readonly error: "invalid_request" | "invalid_client" | "unauthorized_client" | "temporarily_unavailable";
  /** What is wrong; it holds nothing of the request. */
  readonly description: string;
  /** The client's id, where it is known. */
  readonly client: string | undefined;
  /** The store's error, where `status` is 503. */
  readonly cause: StoreUnavailableError | undefined;
  /** The answer, unless `onFailure` gives another. */
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

/** Names the protection space: of services, not of the tokens that they ask about (RFC 9110 §11.5). */
const REALM = 'realm="clients"';

/** By the scheme that was tried: RFC 6749 §5.2 for Basic, RFC 6750 §3.1 for Bearer (RFC 7662 §2.3). */
const CHALLENGES: ReadonlyMap<string, string> = new Map([
  ["basic", `Basic ${REALM}`],
  ["bearer", `Bearer ${REALM}, error="invalid_token"`],
]);

/** Challenges by both schemes where neither was tried. */
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
      description: "The session store is out: the token may live, try again",
      client,
      cause,
    },
    { "Retry-After": `${retryAfter}` },
  );
