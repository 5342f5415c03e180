import { knownOptions, wholeNumber } from "../lib/check.ts";

/** Options of every Redis store. */
export interface RedisStoreOptions {
  /**
   * How long an operation may take, in milliseconds, connecting included; then it is a
   * `StoreUnavailableError`.
   * @default 2000
   */
  readonly timeout?: number | undefined;
  /**
   * Keeps the sessions that were read of late in this process's memory: a token that comes again within `ttl` seconds costs
   * no round trip. The price: a session that another process ends, changes or lets idle out is let in here for up
   * to `ttl` seconds more, outage or not. What goes through this store itself is seen at once. Never longer
   * than a token's deadline.
   *
   * With node-redis, where the library makes the client, Redis itself tells of each change (client tracking of RESP3), so
   * that other processes' changes are seen at once too, but where `verifyExtendsToken` has the read be a write.
   * @default none
   */
  readonly cache?: CacheOptions | undefined;
  /**
   * With `verifyExtendsToken`: slides a session's idle time-out at most once in so many seconds for each token and process; a
   * verify in between is a `GET`, not a write, which replicas, the append-only file and a bill by commands feel. An unused
   * session may thus end so many seconds early, at most half of its idle time-out.
   * @default 0: with each verify
   */
  readonly extendEvery?: number | undefined;
}

/** Options of `cache`. */
export interface CacheOptions {
  /** Seconds for which a session may be answered from memory. */
  readonly ttl: number;
  /**
   * How many sessions are kept at most.
   * @default 10_000
   */
  readonly max?: number | undefined;
}

export interface CacheSettings {
  readonly ttl: number;
  readonly max: number;
}

/** `RedisStoreOptions` after their checks. */
export interface RedisStoreSettings {
  readonly timeout: number;
  readonly cache: CacheSettings | undefined;
  readonly extendEvery: number;
}

/** The names that {@link readStoreOptions} knows. */
export const STORE_OPTIONS = ["timeout", "cache", "extendEvery"] as const;

/** The longest delay that `setTimeout` takes, in milliseconds; a longer one fires at once. */
const MAX_TIMEOUT = 0x7fff_ffff;

/** Longer than anyone should be let in after a logout. */
const MAX_CACHE_TTL = 3600;

/** Checks the options of a Redis store, whose names the caller has checked. */
export function readStoreOptions({
  timeout = 2000,
  cache,
  extendEvery = 0,
}: RedisStoreOptions): RedisStoreSettings {
  return {
    timeout: wholeNumber("timeout", "milliseconds", timeout, MAX_TIMEOUT),
    cache: cache === undefined ? undefined : readCache(cache),
    extendEvery: wholeNumber("extendEvery", "seconds", extendEvery, undefined, 0),
  };
}

function readCache(options: CacheOptions): CacheSettings {
  const { ttl, max = 10_000 } = knownOptions("cache", options, ["ttl", "max"]);
  return {
    ttl: wholeNumber("cache.ttl", "seconds", ttl, MAX_CACHE_TTL),
    max: wholeNumber("cache.max", "sessions", max),
  };
}
