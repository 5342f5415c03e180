import { OptionRangeError } from "../errors.ts";
import { callable, knownOptions, oneOf, typeError, wellFormedText, wholeNumber } from "../lib/check.ts";
import { type CallOptions, type RwtOptions, readCallOptions } from "../options.ts";
import type { StoreCallOptions } from "../store.ts";
import { type EventListener, harmless } from "./events.ts";
import { readSchema, type StandardSchema } from "./schema.ts";
import type { SessionLimit } from "./store.ts";

/** Options of `createRwtWithSessions`: those of `createRwt`, and these. The store is a Redis store, or `memoryStore()`. */
export interface SessionRwtOptions<Input = unknown, Output = Input> extends RwtOptions {
  /**
   * How many sessions a subject may have at a time. While a secret is changed, those that the older one signed don't
   * count.
   * @default no limit
   */
  readonly maxSessions?: number | undefined;
  /**
   * What a sign does where the subject has so many: `"endOldest"` ends those whose deadline is nearest, `"reject"` makes
   * the sign fail with `ERR_RWT_SESSION_LIMIT`.
   * @default "endOldest"
   */
  readonly onLimit?: "endOldest" | "reject" | undefined;
  /**
   * What data must look like: any Standard Schema. It is checked at `sign` and `update`, where data that doesn't fit is a
   * `DataError`, and at `verify`: what no longer fits is no session, and an event; what the schema transforms comes
   * transformed.
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
   * Seconds for which the old token still works, so that requests that are under way with it don't fail.
   * @default 0
   */
  readonly grace?: number | undefined;
}

export interface SessionSettings {
  readonly limit: SessionLimit | undefined;
  readonly schema: StandardSchema | undefined;
  readonly onEvent: EventListener;
}

type Own = Pick<SessionRwtOptions, "maxSessions" | "onLimit" | "schema" | "onEvent">;

export function readSessionOptions({ maxSessions, onLimit, schema, onEvent }: Own): SessionSettings {
  if (onEvent !== undefined) callable("onEvent", onEvent);
  const policy = oneOf("onLimit", ["endOldest", "reject"], onLimit ?? "endOldest");
  return {
    limit:
      maxSessions === undefined
        ? undefined
        : {
            max: wholeNumber("maxSessions", "sessions", maxSessions, 10_000),
            endOldest: policy === "endOldest",
          },
    schema: readSchema(schema),
    onEvent: harmless(onEvent),
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
  readonly call: StoreCallOptions;
} {
  const {
    limit = 100,
    cursor,
    signal,
  } = knownOptions("list's options", options, ["limit", "cursor", "current", "signal"]);
  if (cursor !== undefined && typeof cursor !== "string") throw typeError("cursor", "text", cursor);
  return { limit: wholeNumber("limit", "sessions", limit, 1000), cursor, call: readCallOptions({ signal }) };
}

export function readDestroyAllOptions(options: DestroyAllOptions): StoreCallOptions {
  const { signal } = knownOptions("destroyAll's options", options, ["except", "signal"]);
  return readCallOptions({ signal });
}

export function readRotateOptions(options: RotateOptions): {
  readonly grace: number;
  readonly call: StoreCallOptions;
} {
  const { grace = 0, signal } = knownOptions("rotate's options", options, ["grace", "signal"]);
  return { grace: wholeNumber("grace", "seconds", grace, 3600, 0), call: readCallOptions({ signal }) };
}
