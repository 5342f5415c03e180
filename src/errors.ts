/** Every `code` that an error of this library can carry. Codes are stable; messages are not. */
export type RwtErrorCode =
  | "ERR_RWT_OPTION_TYPE"
  | "ERR_RWT_OPTION_RANGE"
  | "ERR_RWT_OPTION_UNKNOWN"
  | "ERR_RWT_DATA_NOT_JSON"
  | "ERR_RWT_DATA_SCHEMA"
  | "ERR_RWT_DATA_TOO_LARGE"
  | "ERR_RWT_SESSION_LIMIT"
  | "ERR_RWT_ROTATION_LIMIT"
  | "ERR_RWT_UPDATE_CONFLICT"
  | "ERR_RWT_CLIENT_MISSING"
  | "ERR_RWT_MIDDLEWARE_MISSING"
  | "ERR_RWT_REQUEST_REFUSED"
  | "ERR_RWT_STORE_UNAVAILABLE";

/**
 * An option or argument has the wrong type, or a name that the library doesn't know.
 *
 * @example
 * ```ts
 * import { createRwt, OptionTypeError } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * try {
 *   createRwt({ store: memoryStore(), secret: "s".repeat(32), expire: Number("ten") });
 * } catch (error) {
 *   if (error instanceof OptionTypeError) console.error(error.code, error.option);
 * }
 * ```
 */
export class OptionTypeError extends TypeError {
  override readonly name = "OptionTypeError";
  declare readonly code: "ERR_RWT_OPTION_TYPE" | "ERR_RWT_OPTION_UNKNOWN";
  /** The option's or argument's name. */
  declare readonly option: string;

  constructor(
    option: string,
    message: string,
    code: "ERR_RWT_OPTION_TYPE" | "ERR_RWT_OPTION_UNKNOWN" = "ERR_RWT_OPTION_TYPE",
  ) {
    super(message);
    this.option = option;
    this.code = code;
  }
}

/** An option or argument has the right type and a value that isn't allowed. */
export class OptionRangeError extends RangeError {
  override readonly name = "OptionRangeError";
  readonly code = "ERR_RWT_OPTION_RANGE";
  /** The option's or argument's name. */
  declare readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.option = option;
  }
}

/**
 * `data`, `meta` or `act` holds something that JSON can't give back as it was: `undefined`, a function, a BigInt,
 * `NaN`, a cycle, or an object of a class such as `Date` or `Map`. Or `data` doesn't fit the `schema`, or is too large
 * for the store.
 */
export class DataError extends TypeError {
  override readonly name = "DataError";
  declare readonly code: "ERR_RWT_DATA_NOT_JSON" | "ERR_RWT_DATA_SCHEMA" | "ERR_RWT_DATA_TOO_LARGE";
  /** `"data"`, `"meta"` or `"act"`. */
  declare readonly option: string;

  constructor(option: string, message: string, code: DataError["code"] = "ERR_RWT_DATA_NOT_JSON") {
    super(message);
    this.option = option;
    this.code = code;
  }
}

/** The user has as many sessions as `maxSessions` allows, and `onLimit` is `"reject"`. */
export class SessionLimitError extends Error {
  override readonly name = "SessionLimitError";
  readonly code = "ERR_RWT_SESSION_LIMIT";
}

/** A session's token was rotated 65,535 times and can't be rotated again: sign the user in again. */
export class RotationLimitError extends Error {
  override readonly name = "RotationLimitError";
  readonly code = "ERR_RWT_ROTATION_LIMIT";
}

/** An update with a function lost to other changes as often as `retries` allows. Nothing was written: retry later. */
export class UpdateConflictError extends Error {
  override readonly name = "UpdateConflictError";
  readonly code = "ERR_RWT_UPDATE_CONFLICT";
}

/** A helper such as `signIn`, `sessionOf` or Fastify's `request.auth` was used on a route without the middleware that it needs. */
export class MiddlewareMissingError extends Error {
  override readonly name = "MiddlewareMissingError";
  readonly code = "ERR_RWT_MIDDLEWARE_MISSING";
}

/** The store's Redis client isn't installed, or can't run here: the message names the package or the runtime. */
export class ClientMissingError extends Error {
  override readonly name = "ClientMissingError";
  readonly code = "ERR_RWT_CLIENT_MISSING";
}

/** Why a store could not answer. */
export type StoreFailureReason =
  | "timeout"
  | "network"
  | "auth"
  | "loading"
  | "readonly"
  | "memory"
  | "quota"
  | "replicas"
  | "breaker"
  | "server"
  | "encrypted"
  | "reply";

/**
 * The store could not answer, so **nobody knows** whether the token is live: don't take it for a logout, and let nobody in.
 * `reason` says why. Its `cause`, if there is one, is a {@link StoreFault}: the client's own error without its message, which
 * would hold commands, keys and payloads.
 *
 * @example
 * ```ts
 * import { createRwt, StoreUnavailableError } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) });
 * try {
 *   await rwt.verify("rwt_…");
 * } catch (error) {
 *   if (error instanceof StoreUnavailableError) console.error(error.code, error.reason); // answer 503
 *   else throw error;
 * }
 * ```
 */
export class StoreUnavailableError extends Error {
  override readonly name = "StoreUnavailableError";
  readonly code = "ERR_RWT_STORE_UNAVAILABLE";
  declare readonly reason: StoreFailureReason;

  /** Goes by the code: Next bundles pages and Route Handlers apart, each with this class, and they may share a store. */
  static override [Symbol.hasInstance](value: unknown): value is StoreUnavailableError {
    return (value as StoreUnavailableError | null | undefined)?.code === "ERR_RWT_STORE_UNAVAILABLE";
  }

  constructor(reason: StoreFailureReason, message: string, cause?: StoreFault) {
    super(message, cause && { cause });
    this.reason = reason;
  }
}

/** What is left of a client's error once everything that could hold a secret is taken away. */
export class StoreFault extends Error {
  /** The class of the client's error, such as `"ReplyError"`. */
  override readonly name: string;
  /** The Redis or system error code, such as `"READONLY"` or `"ECONNREFUSED"`. */
  readonly code: string | undefined;

  constructor(name: string, code: string | undefined) {
    super(code ?? "no further detail is safe to show");
    this.name = name;
    this.code = code;
  }
}
