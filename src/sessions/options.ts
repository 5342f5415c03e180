import { OptionRangeError } from "../errors.ts";
import {
  boolean,
  callable,
  knownOptions,
  oneOf,
  typeError,
  wellFormedText,
  wholeNumber,
} from "../lib/check.ts";
import { droppingFailures } from "../lib/listener.ts";
import { type CallOptions, readCallOptions } from "../options.ts";
import type { EventListener } from "../session.ts";
import type { SessionLimit, StoreCallOptions } from "../store.ts";
import { readSchema, type StandardSchema } from "./schema.ts";

/** Options of `sessions`. */
export interface SessionsOptions<Input = unknown, Output = Input> {
  /**
   * How many sessions a person may have at a time. While you change the secret, those signed with the older one don't count.
   * @default no limit
   */
  readonly maxSessions?: number | undefined;
  /**
   * What `sign` does at the limit: `"endOldest"` ends the sessions whose deadline is nearest, `"reject"` makes `sign` fail with
   * `ERR_RWT_SESSION_LIMIT`.
   * @default "endOldest"
   */
  readonly onLimit?: "endOldest" | "reject" | undefined;
  /**
   * The shape of the data: any Standard Schema, such as zod's. `sign` and `update` check it, and throw a `DataError` for data that
   * doesn't fit. `verify` checks it too: data that no longer fits counts as no session, and is an event; what the schema
   * transforms comes transformed.
   */
  readonly schema?: StandardSchema<Input, Output> | undefined;
  /** Hears of stolen tokens and of data that no longer fits. */
  readonly onEvent?: EventListener | undefined;
}

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /**
   * How many sessions a page has at most, 1 to 1,000.
   * @default 100
   */
  readonly limit?: number | undefined;
  /** The `cursor` of the page before. */
  readonly cursor?: string | undefined;
  /** The caller's token, whose session is then `current`. */
  readonly current?: string | null | undefined;
}

/** Options of `destroyAll`. */
export interface DestroyAllOptions extends CallOptions {
  /** A token whose session stays: the caller's own, for "log out everywhere else". */
  readonly except?: string | null | undefined;
}

/** Options of `rotate`. */
export interface RotateOptions extends CallOptions {
  /**
   * Seconds for which the old token still works in any case, so that requests already sent with it don't fail.
   * @default 0
   */
  readonly grace?: number | undefined;
  /**
   * Whether a call with the old token may be repeated, as after a lost reply, and gets the same new token; the old one then
   * lives until the new one is first used. `false` for a change of privilege, such as a sign-in or a step-up: only the
   * newest token may ask, and it ends at once. Write the session's new data after it, for all its tokens share them.
   * @default true
   */
  readonly retry?: boolean | undefined;
}

/** `SessionsOptions` after their checks. */
export interface SessionsSettings {
  readonly limit: SessionLimit | undefined;
  readonly schema: StandardSchema | undefined;
  readonly onEvent: EventListener;
}

export function readSessionsOptions(options: SessionsOptions): SessionsSettings {
  const { maxSessions, onLimit, schema, onEvent } = knownOptions("sessions' options", options, [
    "maxSessions",
    "onLimit",
    "schema",
    "onEvent",
  ]);
  if (onEvent !== undefined) callable("onEvent", onEvent);
  const policy = oneOf("onLimit", ["endOldest", "reject"], onLimit ?? "endOldest");
  return {
    limit:
      maxSessions === undefined
        ? undefined
        : {
            max: wholeNumber("maxSessions", "sessions", maxSessions, 1000),
            endOldest: policy === "endOldest",
          },
    schema: readSchema(schema),
    onEvent: droppingFailures(onEvent),
  };
}

export function readSubject(subject: unknown): string {
  const text = wellFormedText("subject", subject);
  if (text !== "") return text;
  throw new OptionRangeError("subject", "subject must not be empty");
}

export function readListOptions(options: ListOptions): {
  readonly limit: number;
  readonly cursor: string | undefined;
  readonly current: string | null | undefined;
  readonly call: StoreCallOptions;
} {
  const {
    limit = 100,
    cursor,
    current,
    signal,
  } = knownOptions("list's options", options, ["limit", "cursor", "current", "signal"]);
  if (cursor !== undefined && typeof cursor !== "string") throw typeError("cursor", "text", cursor);
  return {
    limit: wholeNumber("limit", "sessions", limit, 1000),
    cursor,
    current: readToken("current", current),
    call: readCallOptions({ signal }),
  };
}

export function readDestroyAllOptions(options: DestroyAllOptions): {
  readonly except: string | null | undefined;
  readonly call: StoreCallOptions;
} {
  const { except, signal } = knownOptions("destroyAll's options", options, ["except", "signal"]);
  return { except: readToken("except", except), call: readCallOptions({ signal }) };
}

/** Another type than text is a mistake, such as a promise that wasn't awaited, which must not end the caller's own session. */
function readToken(option: string, token: unknown): string | null | undefined {
  if (token === undefined || token === null || typeof token === "string") return token;
  throw typeError(option, "a token, null or undefined", token);
}

export function readRotateOptions(options: RotateOptions): {
  readonly grace: number;
  readonly retry: boolean;
  readonly call: StoreCallOptions;
} {
  const {
    grace = 0,
    retry = true,
    signal,
  } = knownOptions("rotate's options", options, ["grace", "retry", "signal"]);
  wholeNumber("grace", "seconds", grace, 3600, 0);
  if (!boolean("retry", retry) && grace > 0)
    throw new OptionRangeError("grace", "grace must be 0 where retry is false: the old token ends at once");
  return { grace, retry, call: readCallOptions({ signal }) };
}
