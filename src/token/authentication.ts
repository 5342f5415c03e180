import { utf8 } from "../lib/bytes.ts";
import { knownOptions, rangeError, typeError, wellFormedText, wholeNumber } from "../lib/check.ts";
import { assertJson, isObject } from "../lib/json.ts";
import type { Actor, Authentication } from "../session.ts";

/** How a user proved who they are, as `sign` and `reauthenticate` take it. */
export interface AuthenticationInput {
  /**
   * When: Unix seconds, such as an identity provider's `auth_time`. Up to 60 seconds ahead of the service's clock count as now.
   * @default now
   */
  readonly at?: number | undefined;
  /**
   * By which methods: names of RFC 8176 such as `"pwd"`, `"otp"`, `"hwk"`, or your own. Give all that the user has used.
   * @default none
   */
  readonly amr?: readonly string[] | undefined;
  /**
   * At which level of assurance (authentication context class), such as an identity provider's `acr`.
   * @default none
   */
  readonly acr?: string | undefined;
}

/** How far another service's clock may be ahead, in seconds. */
export const CLOCK_SKEW = 60;

/** The most bytes that `auth` and `act` may each take as JSON, since every check reads them. */
const MAX_BYTES = 1024;

/** Checks `auth`, and fills in the default. The result shares nothing with the caller's object. */
export function readAuthentication(auth: AuthenticationInput, now: number): Authentication {
  const { at = now, amr, acr } = knownOptions("auth", auth, ["at", "amr", "acr"]);
  if (amr !== undefined) {
    if (!Array.isArray(amr)) throw typeError("auth.amr", "an array of texts", amr);
    for (const method of amr) nonEmptyText("auth.amr", method);
  }
  if (acr !== undefined) nonEmptyText("auth.acr", acr);
  wholeNumber("auth.at", "Unix seconds", at, now + CLOCK_SKEW, 0);
  return limited("auth", { at: Math.min(at, now), ...(amr && { amr: [...amr] }), ...(acr && { acr }) });
}

/** Checks `act`. The result shares nothing with the caller's object. */
export function readActor(act: Actor): Actor {
  if (!isObject(act)) throw typeError("act", "an object such as { sub }", act);
  nonEmptyText("act.sub", act.sub);
  assertJson("act", act);
  return limited("act", JSON.parse(JSON.stringify(act)));
}

function nonEmptyText(option: string, value: unknown): void {
  if (wellFormedText(option, value) === "") throw rangeError(option, "not be empty");
}

function limited<Value>(option: string, value: Value): Value {
  if (utf8(JSON.stringify(value)).length <= MAX_BYTES) return value;
  throw rangeError(option, `be at most ${MAX_BYTES} bytes of JSON`);
}

/** Whether a line's `act` is one that `sign` wrote. */
export const isActor = (value: unknown): value is Actor =>
  isObject(value) && Object.hasOwn(value, "sub") && typeof value.sub === "string" && value.sub !== "";

/**
 * Reads line 4 of a session.
 *
 * @returns `undefined` for a line of another shape
 */
export function parseAuthentication(text: string): Authentication | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value)) return undefined;
  // Read only own properties, in case a program's Object.prototype is polluted.
  const { at, amr, acr } = { __proto__: null, ...value } as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(at)) return undefined;
  if (amr !== undefined && !(Array.isArray(amr) && amr.every((method) => typeof method === "string")))
    return undefined;
  if (acr !== undefined && typeof acr !== "string") return undefined;
  return { at: at as number, ...(amr !== undefined && { amr }), ...(acr !== undefined && { acr }) };
}
