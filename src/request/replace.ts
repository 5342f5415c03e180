import { SIGN_IN_OPTIONS, type SignOptions } from "../call-options.ts";
import { boolean, knownOptions } from "../lib/check.ts";
import { assertJson, isObject } from "../lib/json.ts";
import { endLater } from "../parts.ts";
import type { AnyRwt } from "../rwt.ts";
import { partsIn } from "../service.ts";
import { type CarriedTokens, endCarried } from "./check.ts";
import { type SessionCookie, sessionCookie } from "./cookie.ts";
import type { CookieSettings } from "./cookie-options.ts";

/** Options of `signIn`: those of `sign` except `replaces`, and how long the browser keeps the cookie. */
export interface SignInOptions extends Omit<SignOptions, "replaces"> {
  /**
   * "Remember me": whether the cookie survives when the browser is closed. A choice is noted as `meta.persistent`, so that
   * `rotateSession` keeps it.
   * @default cookie.persistent
   */
  readonly persistent?: boolean | undefined;
}

/** The tokens that a sign-in replaces. */
interface Replaceable extends CarriedTokens {
  /** `undefined` if the cookie isn't a carrier. */
  readonly cookie: CookieSettings | undefined;
}

/** The new session. */
export interface Replaced {
  readonly token: string;
  /** `undefined` if the cookie isn't a carrier. */
  readonly cookie: SessionCookie | undefined;
}

/**
 * Starts a session, and only then ends those that the request came with, so that the user always has one. If those can't be ended,
 * it ends the new one, since the caller never gets its token.
 */
export async function replaceSession(
  { rwt, tokens, cookie }: Replaceable,
  data: unknown,
  signInOptions: SignInOptions = {},
): Promise<Replaced> {
  const { persistent, ...options } = knownOptions("signIn's options", signInOptions, [
    ...SIGN_IN_OPTIONS,
    "persistent",
  ]);
  boolean("persistent", persistent ?? true);
  const kept = cookie && { ...cookie, persistent: persistent ?? cookie.persistent };
  let { meta } = options;
  // The default isn't noted. If `meta` isn't an object, `sign` rejects it.
  if (kept && (persistent !== undefined || !kept.persistent) && isObject(meta ?? {})) {
    assertJson("meta", meta ?? {});
    meta = { ...meta, persistent: kept.persistent };
  }
  const token = await rwt.sign(data as never, { ...options, meta, replaces: tokens });
  try {
    await endCarried({ rwt, tokens });
  } catch (error) {
    await endUnheld(rwt, token);
    throw error;
  }
  return { token, cookie: kept && sessionCookie(kept, token, options.maxLifetime ?? rwt.maxLifetime) };
}

/** Ends a session whose token nobody gets: at once, or as soon as the store answers. It never rejects. */
export async function endUnheld(rwt: AnyRwt, token: string): Promise<void> {
  try {
    await rwt.destroy(token);
  } catch {
    // A caller's own wrapper around a service has no parts, so there is no background retry.
    const parts = partsIn(rwt);
    if (parts) await endLater(parts, token);
  }
}
