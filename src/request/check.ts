import { StoreUnavailableError } from "../errors.ts";
import type { AnyRwt, Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { Carried } from "./carriers.ts";
import { type AuthFailure, failureOf } from "./failure.ts";
import type { AuthSettings } from "./options.ts";
import { isMet, timeOf } from "./requirement.ts";

/** Verifies the tokens that decide, one after another, until one is live. */
export async function findLive<Data>(
  carried: Carried<Data>,
  rwt: Pick<Rwt<never, Data>, "verify">,
  fresh = false,
): Promise<Carried<Data>> {
  const { tokens, deciding } = carried;
  let dead = 0;
  let session: Session<Data> | null = null;
  for (const token of deciding) {
    session = await rwt.verify(token, fresh ? { fresh } : undefined);
    if (session !== null) break;
    dead++;
  }
  return { ...carried, tokens: tokens.slice(dead), session, isFresh: fresh };
}

/**
 * Verifies a request's tokens, and sets `failure` if none is live, or if its user has to step up.
 *
 * @param known - the tokens, with the session if they have been verified before. With `fresh`, a plain verify doesn't count
 */
export async function checkTokens<Data>(
  known: Carried<Data>,
  settings: AuthSettings,
  rwt: Pick<Rwt<never, Data>, "verify">,
): Promise<Carried<Data>> {
  try {
    const isKnown = known.session !== undefined && (known.isFresh || !settings.fresh);
    const found = isKnown ? known : await findLive(known, rwt, settings.fresh);
    const { session } = found;
    if (session && settings.require && !isMet(session.auth, settings.require, timeOf(rwt)))
      return { ...found, failure: failureOf(settings, "insufficient_user_authentication") };
    if (session !== null || settings.optional) return { ...found, failure: undefined };
    return { ...found, failure: failureOf(settings, known.deciding[0] ? "invalid_token" : undefined) };
  } catch (error) {
    return { ...known, failure: outage(settings, error) };
  }
}

/** Converts an outage of the store to a refusal, and rethrows any other error. */
export function outage(settings: AuthSettings, error: unknown): AuthFailure {
  if (error instanceof StoreUnavailableError) return failureOf(settings, undefined, error);
  throw error;
}

/** Tokens that a request came with. */
export interface CarriedTokens {
  readonly rwt: AnyRwt;
  readonly tokens: readonly string[];
}

/**
 * Ends all sessions that a request came with, by any carrier.
 *
 * @returns whether there was one
 */
export async function endCarried({ rwt, tokens }: CarriedTokens): Promise<boolean> {
  const ended = await Promise.all(tokens.map((token) => rwt.destroy(token)));
  return ended.includes(true);
}
