import { type CallOptions, readCallOptions } from "../call-options.ts";
import { OptionRangeError } from "../errors.ts";
import { boolean, callable, knownOptions, oneOf, typeError, wholeNumber } from "../lib/check.ts";
import { droppingFailures } from "../lib/listener.ts";
import type { EventListener } from "../session.ts";
import type { SessionLimit, StoreCallOptions } from "../store.ts";
import { readSchema, type StandardSchema } from "./schema.ts";

/** Options of `sessions`. */
export interface SessionsOptions<Input = unknown, Output = Input> {
  /**
   * How many sessions a subject may have at a time, 1 to 1,000.
   *
   * While you change the secret, only the sessions that were signed with the newest one count.
   * @default no limit
   */
  readonly maxSessions?: number | undefined;
  /**
   * What `sign` does at the limit: `"endOldest"` ends the sessions whose deadline is nearest, `"reject"` throws a
   * `SessionLimitError`.
   * @default "endOldest"
   */
  readonly onLimit?: "endOldest" | "reject" | undefined;
  /**
   * The shape of the data: any Standard Schema, such as zod's.
   *
   * `sign`, `update` and `updateAll` throw a `DataError` for data that doesn't fit. `verify` returns the data as the schema
   * transforms it; if stored data no longer fits, it returns `null`, and `onEvent` gets `data_mismatch`.
   * @default none
   */
  readonly schema?: StandardSchema<Input, Output> | undefined;
  /**
   * A listener for the events `token_reuse` (a stolen token) and `data_mismatch`.
   * @default none
   */
  readonly onEvent?: EventListener | undefined;
}

/** Options of `list`. */
export interface ListOptions extends CallOptions {
  /**
   * The most sessions that a page holds, 1 to 1,000.
   * @default 100
   */
  readonly limit?: number | undefined;
  /**
   * The `cursor` of the page before.
   * @default none: the first page
   */
  readonly cursor?: string | undefined;
  /**
   * The caller's own token. Its session is then marked as `current`.
   * @default none
   */
  readonly current?: string | null | undefined;
}

/** Options of `destroyAll`. */
export interface DestroyAllOptions extends CallOptions {
  /**
   * A token whose session stays: the caller's own, for "log out everywhere else".
   * @default none: all sessions end
   */
  readonly except?: string | null | undefined;
}

/** Options of `rotate`. */
export interface RotateOptions extends CallOptions {
  /**
   * Seconds for which the old token still works in any case, up to 3,600, so that requests already sent with it don't fail.
   * @default 0
   */
  readonly grace?: number | undefined;
  /**
   * Whether a repeated call with the old token returns the same new token. The old one then lives until the new one is first
   * used. Use `false` when privileges change: the old token ends at once.
   *
   * With `false`, only the newest token can be rotated, and `grace` must be 0. Write the session's new data after the rotation,
   * since all tokens of a session share its data.
   * @default true
   */
  readonly retry?: boolean | undefined;
}

/** Options of `update` and `updateAll`. */
export interface UpdateOptions extends CallOptions {
  /**
   * How often to try again while others make changes, 0 to 10,000. Only with a function. Then the call throws an
   * `UpdateConflictError`.
   * @default 100
   */
  readonly retries?: number | undefined;
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
  if (policy === "reject" && maxSessions === undefined)
    throw new OptionRangeError("onLimit", "onLimit must be left out unless maxSessions is set");
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
    throw new OptionRangeError(
      "grace",
      "grace must be 0 if retry is false, since the old token then ends at once",
    );
  return { grace, retry, call: readCallOptions({ signal }) };
}

export function readUpdateOptions(
  options: UpdateOptions,
  isFunction: boolean,
): { readonly retries: number; readonly call: StoreCallOptions } {
  const { retries, signal } = knownOptions("options", options, ["retries", "signal"]);
  if (retries !== undefined && !isFunction)
    throw new OptionRangeError("retries", "retries must be left out unless data is a function");
  return {
    retries: wholeNumber("retries", "retries", retries ?? 100, 10_000, 0),
    call: readCallOptions({ signal }),
  };
}
