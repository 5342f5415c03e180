import { typeError } from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import { partsIn } from "../service.ts";
import type { Session } from "../session.ts";
import { cookiesNamed } from "./cookie-header.ts";
import { isCrossSite, type RequestSource } from "./cross-site.ts";
import { type AuthErrorCode, type AuthFailure, failureOf } from "./failure.ts";
import type { AuthSettings } from "./options.ts";

/** The tokens that a request carries. */
export interface Carried<Data = unknown> {
  /** Distinct tokens of all carriers, without those known to be dead. Once they are verified, the live one is the first. */
  readonly tokens: readonly string[];
  /** The tokens of the carrier that decides, in their order: one of them has to be live. */
  readonly deciding: readonly string[];
  /** Whether the cookie decides. Also true if there is no token at all. */
  readonly isCookie: boolean;
  /** `null` if none of them is live, `undefined` if they haven't been verified. */
  readonly session?: Session<Data> | null | undefined;
  /** Whether the session was verified with `fresh`. */
  readonly isFresh?: boolean | undefined;
  /** Why the request is refused, if it is. */
  readonly failure?: AuthFailure | undefined;
}

/** The most sessions that one request can verify or end, since each genuine token costs a command. */
const MOST_TOKENS = 4;

/** RFC 6750 §2.1. It also matches the scheme without a valid token behind it. Its case doesn't matter (RFC 9110 §11.1). */
const BEARER = /^bearer(?: +([\w.~+/-]+=*) *$|\s|$)/i;

/** Reads a request's tokens, without verifying them. It returns a promise only if there are several cookies of the name. */
export function readRequest(
  rwt: AnyRwt,
  request: RequestSource,
  settings: AuthSettings,
): Carried<never> | Promise<Carried<never>> {
  const { headers } = request;
  const { from, header, cookie, origins, paths } = settings;
  // Without the method, the CSRF check below can't tell a request that changes something from one that only reads.
  if (cookie && origins && !request.method) throw typeError("method", 'text such as "GET"', request.method);
  const bearer = from.includes("bearer") ? BEARER.exec(`${headers.get("Authorization")}`) : null;
  const own = from.includes("header") && headers.get(header);
  let error: AuthErrorCode | undefined;
  // A client must not send a token in two ways (RFC 6750 §2). A cookie doesn't count, since the browser adds it.
  if (bearer && (own || !bearer[1])) error = "invalid_request";
  // Pages can't send these headers to another origin, unless it allows them (CORS). Check requests without a token too: they may
  // be a sign-in.
  else if (cookie && origins && !bearer && !own && isCrossSite(request, origins, paths)) error = "cross_site";
  const failure = error && failureOf(settings, error);
  const carriedWith = (cookies: readonly string[]): Carried<never> => {
    const found = { bearer: bearer?.[1], header: own, cookie: cookies };
    const carriers = from.map((carrier) => [found[carrier] || []].flat());
    const deciding = carriers.find(([token]) => token) ?? [];
    const tokens = carriers.length > 1 ? [...new Set(carriers.flat())].slice(0, MOST_TOKENS) : deciding;
    return { tokens, deciding, isCookie: `${deciding}` === `${cookies}`, failure };
  };
  const cookies = cookie ? cookiesNamed(cookie.name, `${headers.get("Cookie")}`) : [];
  return cookies.length < 2 ? carriedWith(cookies) : cookiesWorthAsking(rwt, cookies).then(carriedWith);
}

/**
 * Returns the first few of several tokens, in their order. Genuine tokens come first, so that forged ones don't displace them. Of
 * one session, only the newest token counts: an older one, left over in a cookie with another path, would look stolen.
 */
export async function cookiesWorthAsking(rwt: AnyRwt, tokens: readonly string[]): Promise<readonly string[]> {
  if (tokens.length < 2) return tokens;
  const genuine = new Map<string, { readonly token: string; readonly generation: number }>();
  const others = new Set<string>();
  for (const token of tokens) {
    const opened = await partsIn(rwt)?.open(token);
    if (!opened) others.add(token);
    else if (opened.generation >= (genuine.get(opened.redis.session)?.generation ?? 0))
      genuine.set(opened.redis.session, { ...opened, token });
  }
  return [...[...genuine.values()].map(({ token }) => token), ...others].slice(0, MOST_TOKENS);
}
