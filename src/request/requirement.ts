import { knownOptions, rangeError, textLike, typeError, wholeNumber } from "../lib/check.ts";
import { systemClock } from "../lib/clock.ts";
import { readTime } from "../options.ts";
import { partsIn } from "../service.ts";
import type { Session } from "../session.ts";
import { CLOCK_SKEW } from "../token/authentication.ts";

/** What a session's user must have proved: every member that is given has to be met. */
export interface AuthRequirement {
  /**
   * How many seconds ago the user may have signed in, or stepped up, at most. A session without `auth` never meets it.
   * @default any time
   */
  readonly maxAge?: number | undefined;
  /**
   * The methods that the user must have used, all of them: `["otp"]` (RFC 8176).
   * @default any
   */
  readonly amr?: readonly string[] | undefined;
  /**
   * The levels of assurance of which the session must have one.
   * @default any
   */
  readonly acr?: readonly string[] | undefined;
}

/** Characters that a challenge can show: `error_description` and `acr_values` of RFC 6750 and RFC 9470, without the blank. */
const NAME = /^[!#-[\]-~]+$/;

/** Checks a requirement, which may come from JavaScript. The result shares nothing with the caller's object. */
export function readRequirement(require: AuthRequirement): AuthRequirement {
  const { maxAge, amr, acr } = knownOptions("require", require, ["maxAge", "amr", "acr"]);
  if (maxAge === undefined && amr === undefined && acr === undefined)
    throw rangeError("require", "have maxAge, amr or acr");
  return {
    maxAge: maxAge === undefined ? undefined : wholeNumber("require.maxAge", "seconds", maxAge),
    amr: readNames("require.amr", amr),
    acr: readNames("require.acr", acr),
  };
}

function readNames(option: string, names: readonly string[] | undefined): readonly string[] | undefined {
  if (names === undefined) return undefined;
  if (!Array.isArray(names)) throw typeError(option, "an array of texts", names);
  if (names.length === 0) throw rangeError(option, "not be empty: leave it out");
  for (const name of names) textLike(NAME, option, name, "be ASCII without blanks, quotes and backslashes");
  return [...names];
}

/**
 * Whether a session's user has proved what a sensitive act needs (OWASP ASVS 7.5.1, 7.5.3), where no middleware can say so: in a
 * Server Component, a GraphQL resolver, or a message of a WebSocket.
 *
 * @param session - as `verify` gives it; `null` and `undefined` meet nothing
 * @param now - Unix seconds; by default the system's clock
 * @throws OptionTypeError, OptionRangeError if the requirement or the time is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 * import { meetsRequirement } from "redis-web-token/request";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
 * const session = await rwt.verify("rwt_…");
 * if (!meetsRequirement(session, { maxAge: 300 })) console.log("ask for the password again");
 * ```
 */
export function meetsRequirement(
  session: Pick<Session, "auth"> | null | undefined,
  requirement: AuthRequirement,
  now: number = systemClock(),
): boolean {
  return isMet(session?.auth, readRequirement(requirement), readTime(now));
}

/** @param requirement - checked */
export function isMet(
  auth: Session["auth"],
  { maxAge, amr = [], acr }: AuthRequirement,
  now: number,
): boolean {
  if (auth === undefined) return false;
  const age = Math.floor(now) - auth.at;
  // A time that is further ahead than clocks are proves nothing.
  if (maxAge !== undefined && !(age <= maxAge && age >= -CLOCK_SKEW)) return false;
  if (acr !== undefined && (auth.acr === undefined || !acr.includes(auth.acr))) return false;
  return amr.every((method) => auth.amr?.includes(method));
}

/** The time of a service's clock, Unix seconds; the system's for a caller's own wrapper around a service. */
export const timeOf = (rwt: object): number => (partsIn(rwt)?.settings.now ?? systemClock)();

/** What the user has to do, in the characters of `error_description`. */
export const stepUpText = ({ amr }: AuthRequirement): string =>
  amr === undefined ? "Authenticate again" : `Authenticate again by ${amr.join(" and ")}`;

/** The parameters of a challenge (RFC 9470 §3), each with a comma before it. */
export const challengeParameters = ({ maxAge, acr }: AuthRequirement): string =>
  `${acr === undefined ? "" : `, acr_values="${acr.join(" ")}"`}${maxAge === undefined ? "" : `, max_age="${maxAge}"`}`;
