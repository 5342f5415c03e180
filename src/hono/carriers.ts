import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { AuthSettings } from "./options.ts";

/** The tokens that a request carries, the one that counts first; or something that isn't one well-formed credential. */
export type Presented = readonly string[] | "malformed";

/** RFC 6750 §2.1; the scheme's case doesn't matter (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** Reads the carriers in their order. */
export function readTokens(c: Context, { from, header, cookie }: AuthSettings): Presented {
  const authorization = c.req.header("Authorization");
  const isBearer = from.includes("bearer") && /^bearer(\s|$)/i.test(authorization ?? "");
  const found = {
    bearer: isBearer ? BEARER.exec(authorization ?? "")?.[1] : undefined,
    header: from.includes("header") ? c.req.header(header) || undefined : undefined,
    cookie: from.includes("cookie") ? getCookie(c, cookie.name) || undefined : undefined,
  };
  if (isBearer && found.bearer === undefined) return "malformed";
  // A client that sends a token in two ways of its own choice is broken (RFC 6750 §2); a cookie is no choice.
  if (found.bearer !== undefined && found.header !== undefined) return "malformed";
  return from.flatMap((carrier) => found[carrier] ?? []);
}
