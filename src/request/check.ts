import { StoreUnavailableError } from "../errors.ts";
import type { AnyRwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { readTokens } from "./carriers.ts";
import type { RequestSource } from "./cross-site.ts";
import { type AuthFailure, failureOf } from "./failure.ts";
import type { AuthSettings } from "./options.ts";

/** What a request came with. */
export interface Carried<Data = unknown> {
  /** The one that counts first. */
  readonly tokens: readonly string[];
  /** `null` where the first token is known to be dead, `undefined` where it wasn't checked. */
  readonly session: Session<Data> | null | undefined;
}

/** Reads a request's tokens, and checks none. */
export function readRequest(request: RequestSource, settings: AuthSettings): Carried<never> | AuthFailure {
  const tokens = readTokens(request, settings);
  return typeof tokens === "string" ? failureOf(settings, tokens) : { tokens, session: undefined };
}

/** Reads a request's tokens, and checks the one that counts. */
export async function checkRequest<Data>(
  request: RequestSource,
  settings: AuthSettings,
  verify: (token: string) => Promise<Session<Data> | null> | Session<Data> | null,
): Promise<Carried<Data> | AuthFailure> {
  const carried = readRequest(request, settings);
  if ("status" in carried) return carried;
  const { tokens } = carried;
  let session: Session<Data> | null;
  try {
    session = tokens[0] ? await verify(tokens[0]) : null;
  } catch (error) {
    return outage(settings, error);
  }
  if (session === null && !settings.optional) {
    return failureOf(settings, tokens[0] ? "invalid_token" : undefined);
  }
  return { tokens, session };
}

/** What an error of the store means for a request; any other error is thrown again. */
export function outage(settings: AuthSettings, error: unknown): AuthFailure {
  if (error instanceof StoreUnavailableError) return failureOf(settings, undefined, error);
  throw error;
}

/**
 * Ends whatever sessions a request came with: by which carrier hardly matters to who signs in or out.
 *
 * @returns whether there was one
 */
export async function endCarried(rwt: AnyRwt, { tokens, session }: Carried): Promise<boolean> {
  const mayLive = session === null ? tokens.slice(1) : tokens;
  const ended = await Promise.all(mayLive.map((token) => rwt.destroy(token)));
  return ended.includes(true);
}
