/**
 * Tokens that every service can check, extend and end at once, whatever it runs on, through Redis.
 *
 * @module
 */

export type { CallOptions, ExtendOptions, SignOptions, VerifyOptions } from "./call-options.ts";
export { createRwt } from "./create-rwt.ts";
export {
  ClientMissingError,
  DataError,
  MiddlewareMissingError,
  OptionRangeError,
  OptionTypeError,
  RotationLimitError,
  type RwtErrorCode,
  SessionLimitError,
  type StoreFailureReason,
  StoreFault,
  StoreUnavailableError,
} from "./errors.ts";
export type { Clock } from "./lib/clock.ts";
export type { RwtOptions, Secret } from "./options.ts";
export type { CommandTraits, RedisCommand, ScriptCall } from "./redis/command.ts";
export type { ScriptName } from "./redis/scripts.ts";
export type { AnyRwt, Feature, InputOf, OutputOf, Rwt } from "./rwt.ts";
export type { Actor, Authentication, Session, SessionMeta, TokenFacts } from "./session.ts";
export type {
  CheckedSession,
  CheckOptions,
  CreateOptions,
  Freshness,
  NewSession,
  ReadKeys,
  ReadOptions,
  RedisExecutor,
  SessionLimit,
  SessionRef,
  Snapshot,
  StoreCallOptions,
  StoreCapabilities,
  StoredSession,
  TimedCallOptions,
  TokenStore,
} from "./store.ts";
export type { AuthenticationInput } from "./token/authentication.ts";
export type { SessionKeys } from "./token/keys.ts";
export type { Line } from "./token/lines.ts";
