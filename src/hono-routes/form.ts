import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type RouteFailure, refusal } from "./failure.ts";

/** Bytes. A token has 80, and unknown parameters are ignored. */
const MAX_BODY = 8192;

const FORM = /^application\/x-www-form-urlencoded *(;|$)/i;

/** Parameters that must not be in the URL, since URLs are logged (RFC 7662 §4; OWASP ASVS 14.2.1). */
const CONFIDENTIAL = ["token", "access_token", "client_secret", "client_assertion"];

/** Other ways to authenticate: a request must use only one (RFC 6749 §2.3). */
const OTHER_CREDENTIALS = ["client_secret", "client_assertion"];

const isWithin = bodyLimit({ maxSize: MAX_BODY, onError: () => new Response() });

/** A form with a `token`, and no parameter repeated. */
export interface TokenForm {
  readonly token: string;
  readonly parameters: URLSearchParams;
}

/** Reads the form of an authenticated client, or returns the refusal. */
export async function readForm(c: Context, client: string): Promise<TokenForm | RouteFailure> {
  const wrong = (description: string, status: 400 | 413 | 415 = 400): RouteFailure =>
    refusal({ status, error: "invalid_request", description, client });

  if (CONFIDENTIAL.some((name) => c.req.query(name) !== undefined)) {
    return wrong("A token or secret must not be in the URL");
  }
  if (!FORM.test(c.req.header("Content-Type") ?? "")) {
    return wrong("The body must be application/x-www-form-urlencoded", 415);
  }
  // If a middleware has read the body, it is in memory already, and Hono returns it again.
  const tooLarge = c.req.raw.bodyUsed ? undefined : await isWithin(c, async () => {});
  const body = tooLarge ? undefined : await c.req.arrayBuffer();
  if (body === undefined || body.byteLength > MAX_BODY) {
    return wrong(`The body must have at most ${MAX_BODY} bytes`, 413);
  }
  // Not c.req.text(): workerd logs a warning for it if the content type isn't text.
  const parameters = new URLSearchParams(new TextDecoder().decode(body));
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return wrong("A parameter must not be repeated");
  if (OTHER_CREDENTIALS.some((name) => parameters.has(name))) {
    return wrong("The client must use only one way to authenticate");
  }
  const token = parameters.get("token");
  // A parameter without a value counts as omitted (RFC 6749 §3.2).
  return token ? { token, parameters } : wrong("The parameter token is required");
}
