import type { AuthSettings } from "./options.ts";

/** The tokens that a request carries, the one that counts first; or something that isn't one well-formed credential. */
export type Presented = readonly string[] | "malformed";

/** RFC 6750 §2.1; the scheme's case doesn't matter (RFC 9110 §11.1). */
const BEARER = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** The web's `Headers`, as far as they are needed. */
export type RequestHeaders = Pick<Headers, "get">;

/** Reads the carriers in their order. */
export function readTokens(headers: RequestHeaders, { from, header, cookie }: AuthSettings): Presented {
  const authorization = headers.get("Authorization") ?? "";
  const isBearer = from.includes("bearer") && /^bearer(\s|$)/i.test(authorization);
  const found = {
    bearer: isBearer ? BEARER.exec(authorization)?.[1] : undefined,
    header: header && headers.get(header),
    cookie: cookie && cookiesOf(headers.get("Cookie"), cookie.name),
  };
  if (isBearer && found.bearer === undefined) return "malformed";
  // A client that sends a token in two ways of its own choice is broken (RFC 6750 §2); a cookie is no choice.
  if (found.bearer && found.header) return "malformed";
  return from.flatMap((carrier) => found[carrier] || []);
}

/**
 * All cookies of the name: browsers send several where hosts or paths differ, the one of the longest path first
 * (RFC 6265 §5.4).
 */
const cookiesOf = (header: string | null, name: string): string[] =>
  (header ?? "")
    .split(/; */)
    .flatMap((pair) => (pair.startsWith(`${name}=`) && pair.slice(name.length + 1)) || []);
