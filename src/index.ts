/**
 * Tokens that every service can check, extend and end at once, whatever it runs on, through Redis.
 *
 * @module
 */
export {
  ClientMissingError,
  DataError,
  MiddlewareMissingError,
  OptionRangeError,
  OptionTypeError,
  type RwtErrorCode,
  type StoreFailureReason,
  StoreFault,
  StoreUnavailableError,
} from "./errors.ts";
export type { Clock } from "./lib/clock.ts";
export type { CallOptions, ExtendOptions, RwtOptions, Secret, SignOptions } from "./options.ts";
export { createRwt, type Rwt } from "./rwt.ts";
export type { Session, SessionMeta } from "./session.ts";
export type { NewEntry, StoreCallOptions, TokenStore } from "./store.ts";
