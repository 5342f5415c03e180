/**
 * A store over any Redis client.
 *
 * @module
 */

export type { TimeLimit } from "../lib/time-limit.ts";
export {
  type CommandEffect,
  type CommandTraits,
  command,
  query,
  type RedisCommand,
  type ScriptCall,
  TOUCHES,
  WRITES,
} from "./command.ts";
export type { RedisConnection, ReplicaSync, Schedule } from "./connection.ts";
export type { BreakerOptions, CacheOptions, RedisStoreOptions } from "./options.ts";
export { redisStore } from "./redis-store.ts";
export type { ScriptName } from "./scripts.ts";
export {
  type LinkListener,
  type OpenLink,
  type StoreTracking,
  type TrackingLink,
  TrackingRefused,
} from "./tracking.ts";
