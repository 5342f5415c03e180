import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type RouteFailure, refusal } from "./failure.ts";

/** Bytes; a token has 68, and other parameters are ignored. */
const MAX_BODY = 8192;

const FORM = /^application\/x-www-form-urlencoded *(;|$)/i;

/** What belongs into the body or a header, never into a URL, which is logged (RFC 7662 §4; OWASP ASVS 14.2.1). */
const CONFIDENTIAL = ["token", "access_token", "client_secret", "client_assertion"];

/** Further ways to authenticate, of which a request may have one alone (RFC 6749 §2.3). */
const OTHER_CREDENTIALS = ["client_secret", "client_assertion"];

const isWithin = bodyLimit({ maxSize: MAX_BODY, onError: () => new Response() });

/** A form's parameters: each comes once, and a `token` is among them. */
export interface TokenForm {
  readonly token: string;
  readonly parameters: URLSearchParams;
}

/** Reads the form of an authenticated client. */
export async function readForm(c: Context, client: string): Promise<TokenForm | RouteFailure> {
  const wrong = (description: string, status: 400 | 413 | 415 = 400): RouteFailure =>
    refusal({ status, error: "invalid_request", description, client });

  if (CONFIDENTIAL.some((name) => c.req.query(name) !== undefined)) {
    return wrong("A token or secret must not be in the URL");
  }
  if (!FORM.test(c.req.header("Content-Type") ?? "")) {
    return wrong("The body must be application/x-www-form-urlencoded", 415);
  }
  // What a middleware has read is in memory already; Hono gives it again.
  const tooLarge = c.req.raw.bodyUsed ? undefined : await isWithin(c, async () => {});
  const body = tooLarge ? undefined : await c.req.arrayBuffer();
  if (body === undefined || body.byteLength > MAX_BODY) {
    return wrong(`The body must have at most ${MAX_BODY} bytes`, 413);
  }
  // Not by text(), which workerd warns of where the type isn't text.
  const parameters = new URLSearchParams(new TextDecoder().decode(body));
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return wrong("A parameter must not be repeated");
  if (OTHER_CREDENTIALS.some((name) => parameters.has(name))) {
    return wrong("The client must authenticate in one way");
  }
  const token = parameters.get("token");
  // A parameter without a value counts as left out (RFC 6749 §3.2).
  return token ? { token, parameters } : wrong("The parameter token is required");
}
