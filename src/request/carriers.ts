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
    cookie: cookie && cookieOf(headers.get("Cookie"), cookie.name),
  };
  if (isBearer && found.bearer === undefined) return "malformed";
  // A client that sends a token in two ways of its own choice is broken (RFC 6750 §2); a cookie is no choice.
  if (found.bearer && found.header) return "malformed";
  return from.flatMap((carrier) => found[carrier] || []);
}

/** The first cookie of the name, as browsers send the one of the longest path first (RFC 6265 §5.4). */
function cookieOf(header: string | null, name: string): string | undefined {
  const pair = header?.split(/; */).find((pair) => pair.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}
