import { StoreUnavailableError } from "../errors.ts";
import type { Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import { type RequestHeaders, readTokens } from "./carriers.ts";
import { type AuthFailure, refusal, unavailable } from "./failure.ts";
import type { AuthSettings } from "./options.ts";

/** What a request came with. */
export interface Carried<Data = unknown> {
  /** The one that counts first. */
  readonly tokens: readonly string[];
  /** `null` where the first token is known to be dead, `undefined` where it wasn't checked. */
  readonly session: Session<Data> | null | undefined;
}

/** Reads a request's tokens and, where the settings say so, checks the one that counts. */
export async function checkRequest<Data>(
  headers: RequestHeaders,
  settings: AuthSettings,
  verify: (token: string) => Promise<Session<Data> | null>,
): Promise<Carried<Data> | AuthFailure> {
  const tokens = readTokens(headers, settings);
  if (tokens === "malformed") return refusal(settings, 400, "invalid_request");
  let session: Session<Data> | null | undefined;
  try {
    if (settings.verify) session = tokens[0] === undefined ? null : await verify(tokens[0]);
  } catch (error) {
    return outage(settings, error);
  }
  if (session === null && !settings.optional) {
    return refusal(settings, 401, tokens.length === 0 ? undefined : "invalid_token");
  }
  return { tokens, session };
}

/** What an error of the store means for a request; any other error is thrown again. */
export function outage(settings: AuthSettings, error: unknown): AuthFailure {
  if (error instanceof StoreUnavailableError) return unavailable(settings, error);
  throw error;
}

/**
 * Ends whatever sessions a request came with: by which carrier hardly matters to who signs in or out.
 *
 * @returns whether there was one
 */
export async function endCarried(rwt: Rwt, { tokens, session }: Carried): Promise<boolean> {
  const mayLive = session === null ? tokens.slice(1) : tokens;
  const ended = await Promise.all(mayLive.map((token) => rwt.destroy(token)));
  return ended.includes(true);
}
