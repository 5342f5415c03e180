import type { RequestFailure } from "../request/request-auth.ts";

/** A request is refused. Fastify answers with the error's `statusCode` and `headers`, unless an error handler of yours does. */
export class RequestRefusedError extends Error {
  override readonly name = "RequestRefusedError";
  readonly code = "ERR_RWT_REQUEST_REFUSED";
  /** 400: the token is carried wrongly; 401: none is live; 403: another site's page may have sent it; 503: the store is out. */
  declare readonly statusCode: 400 | 401 | 403 | 503;
  /** `WWW-Authenticate`, `Retry-After` and `Cache-Control`. Error handlers don't need them: any answer of this status gets them. */
  declare readonly headers: Readonly<Record<string, string>>;
  /** A `Set-Cookie` that drops a dead cookie. Only for pages that a user opens: a late answer drops a newer cookie too. */
  declare readonly dropCookie: string | undefined;

  constructor(message: string, { status, cause, response, dropCookie }: RequestFailure) {
    super(message, cause && { cause });
    const { "content-type": _, ...headers } = Object.fromEntries(response.headers);
    const dropped = dropCookie(new Response()).headers.get("Set-Cookie") ?? undefined;
    Object.assign(this, { statusCode: status, headers, dropCookie: dropped });
  }
}
