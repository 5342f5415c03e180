import { StoreUnavailableError } from "../errors.ts";
import type { AnyRwt, Rwt } from "../rwt.ts";
import type { Session } from "../session.ts";
import type { Carried } from "./carriers.ts";
import { type AuthFailure, failureOf } from "./failure.ts";
import type { AuthSettings } from "./options.ts";

/** Finds the live one among the tokens that decide, one after the other. */
export async function findLive<Data>(
  carried: Carried<Data>,
  rwt: Pick<Rwt<never, Data>, "verify">,
): Promise<Carried<Data>> {
  const { tokens, deciding } = carried;
  let dead = 0;
  let session: Session<Data> | null = null;
  for (const token of deciding) {
    session = await rwt.verify(token);
    if (session !== null) break;
    dead++;
  }
  return { ...carried, tokens: tokens.slice(dead), session };
}

/**
 * Checks a request's tokens, and refuses it where none lives.
 *
 * @param known - what was found out about them already
 */
export async function checkTokens<Data>(
  known: Carried<Data>,
  settings: AuthSettings,
  rwt: Pick<Rwt<never, Data>, "verify">,
): Promise<Carried<Data>> {
  try {
    const found = known.session === undefined ? await findLive(known, rwt) : known;
    if (found.session !== null || settings.optional) return { ...found, failure: undefined };
    return { ...found, failure: failureOf(settings, known.deciding[0] ? "invalid_token" : undefined) };
  } catch (error) {
    return { ...known, failure: outage(settings, error) };
  }
}

/** What an error of the store means for a request; any other error is thrown again. */
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
 * Ends whatever sessions a request came with: by which carrier hardly matters to who signs in or out.
 *
 * @returns whether there was one
 */
export async function endCarried({ rwt, tokens }: CarriedTokens): Promise<boolean> {
  const ended = await Promise.all(tokens.map((token) => rwt.destroy(token)));
  return ended.includes(true);
}
