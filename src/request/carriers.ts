import { isCrossSite, type RequestSource } from "./cross-site.ts";
import type { AuthSettings } from "./options.ts";

/**
 * The tokens that a request carries, the one that counts first; or something that isn't one well-formed credential, or a
 * cookie that another site's page had the browser send.
 */
export type Presented = readonly string[] | "invalid_request" | "cross_site";

/** RFC 6750 §2.1, or the scheme alone, with no one token after it; its case doesn't matter (RFC 9110 §11.1). */
const BEARER = /^bearer(?: +([\w.~+/-]+=*) *$|\s|$)/i;

/** Reads the carriers in their order. */
export function readTokens(
  request: RequestSource,
  { from, header, cookie, origins }: AuthSettings,
): Presented {
  const { headers } = request;
  const bearer = from.includes("bearer") ? BEARER.exec(`${headers.get("Authorization")}`) : null;
  const found = {
    bearer: bearer?.[1],
    header: header && headers.get(header),
    // All of the name: browsers send several where hosts or paths differ, that of the longest path first (RFC 6265 §5.4).
    cookie:
      cookie &&
      `${headers.get("Cookie")}`
        .split(/; */)
        .flatMap((pair) => (pair.startsWith(`${cookie.name}=`) && pair.slice(cookie.name.length + 1)) || []),
  };
  // A client that sends a token in two ways of its own choice is broken (RFC 6750 §2); a cookie is no choice.
  if (bearer && (found.header || !found.bearer)) return "invalid_request";
  // A page can send another origin neither header, unless that allows it (CORS). What carries no token may sign in.
  if (cookie && origins && !bearer && !found.header && isCrossSite(request, origins)) return "cross_site";
  return from.flatMap((carrier) => found[carrier] || []);
}
