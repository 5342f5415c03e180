import type { RequestFailure } from "./types.ts";

/** A refused request, for frameworks whose error handlers answer with the `statusCode` and the `headers` of an error. */
export class RequestRefusedError extends Error {
  override readonly name = "RequestRefusedError";
  readonly code = "ERR_RWT_REQUEST_REFUSED";
  /** 400: the token is carried wrongly; 401: none is live; 403: another site's page may have sent it; 503: the store is out. */
  readonly statusCode: 400 | 401 | 403 | 503;
  /** `WWW-Authenticate`, `Retry-After` and `Cache-Control`, as far as the status needs them. */
  readonly headers: Readonly<Record<string, string>>;
  /** A `Set-Cookie` that drops a dead cookie. Only for pages that a user opens: a late answer drops a newer cookie too. */
  readonly dropCookie: string | undefined;

  constructor(message: string, { status, cause, response, dropCookie }: RequestFailure) {
    super(message, cause && { cause });
    const { "content-type": _, ...headers } = Object.fromEntries(response.headers);
    this.statusCode = status;
    this.headers = headers;
    this.dropCookie = dropCookie(new Response()).headers.get("Set-Cookie") ?? undefined;
  }
}
