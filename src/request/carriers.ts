import { typeError } from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import { partsIn } from "../service.ts";
import type { Session } from "../session.ts";
import { cookiesNamed } from "./cookie-header.ts";
import { isCrossSite, type RequestSource } from "./cross-site.ts";
import { type AuthErrorCode, type AuthFailure, failureOf } from "./failure.ts";
import type { AuthSettings } from "./options.ts";

/** What a request came with. */
export interface Carried<Data = unknown> {
  /** Distinct tokens, of which none is known to be dead. Once they are checked, the live one is the first. */
  readonly tokens: readonly string[];
  /** Those that came by the carrier that counts, in their order: one of them has to live. */
  readonly deciding: readonly string[];
  /** Whether that carrier is the cookie, or none carries anything. */
  readonly isCookie: boolean;
  /** `null` where none of them lives, `undefined` where they weren't checked. */
  readonly session?: Session<Data> | null | undefined;
  /** Why the request is refused, where it is. */
  readonly failure?: AuthFailure | undefined;
}

/** The most sessions that one request can ask about, or end: each of its tokens that is genuine costs a command. */
const MOST_TOKENS = 4;

/** RFC 6750 §2.1, or the scheme alone, with no one token after it; its case doesn't matter (RFC 9110 §11.1). */
const BEARER = /^bearer(?: +([\w.~+/-]+=*) *$|\s|$)/i;

/** Reads a request's tokens, and checks none. */
export async function readRequest(
  rwt: AnyRwt,
  request: RequestSource,
  settings: AuthSettings,
): Promise<Carried<never>> {
  const { headers } = request;
  const { from, header, cookie, origins, paths } = settings;
  // It must not count as a read: a POST whose caller forgot to hand its method on would pass the check below.
  if (cookie && origins && !request.method) throw typeError("method", 'text such as "GET"', request.method);
  const bearer = from.includes("bearer") ? BEARER.exec(`${headers.get("Authorization")}`) : null;
  const own = from.includes("header") && headers.get(header);
  let error: AuthErrorCode | undefined;
  // A client that sends a token in two ways of its own choice is broken (RFC 6750 §2); a cookie is no choice.
  if (bearer && (own || !bearer[1])) error = "invalid_request";
  // A page can send another origin neither header, unless that allows it (CORS). What carries no token may sign in.
  else if (cookie && origins && !bearer && !own && isCrossSite(request, origins, paths)) error = "cross_site";
  const cookies = cookie
    ? await cookiesWorthAsking(rwt, cookiesNamed(cookie.name, `${headers.get("Cookie")}`))
    : [];
  const found = { bearer: bearer?.[1], header: own, cookie: cookies };
  const carriers = from.map((carrier) => [found[carrier] || []].flat());
  const deciding = carriers.find(([token]) => token) ?? [];
  return {
    tokens: [...new Set(carriers.flat())].slice(0, MOST_TOKENS),
    deciding,
    isCookie: `${deciding}` === `${cookies}`,
    failure: error && failureOf(settings, error),
  };
}

/**
 * The first few of several tokens, in their order. Genuine ones come before all others, so that forged ones push none out. Of one
 * session only the token that was rotated last counts: an older one, left over in a cookie of another path, would look stolen.
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
