import { callable, knownOptions, wholeNumber } from "../lib/check.ts";
import { droppingFailures } from "../lib/listener.ts";

/** Options of every Redis store. */
export interface RedisStoreOptions {
  /**
   * How long an operation may take, in milliseconds, connecting included; then it is a
   * `StoreUnavailableError`.
   * @default 2000
   */
  readonly timeout?: number | undefined;
  /**
   * Keeps sessions that were read recently in this process's memory: a token that is checked again within `ttl` seconds costs
   * no round trip. The price: a session that another process ends, changes, rotates or lets idle out is let in here for up
   * to `ttl` seconds more, outage or not. Changes through this store are seen immediately. Never longer than a token's deadline.
   *
   * With node-redis, where the library makes the client, Redis pushes invalidations (client tracking of RESP3), so that other
   * processes' changes are seen as soon as their push arrives; except for sessions without a subject that `verifyExtendsToken`
   * slides, since their `GETEX` counts as a write. There set `extendEvery` too: each slide invalidates this process's copy of a
   * session with a subject.
   * @default none
   */
  readonly cache?: CacheOptions | undefined;
  /**
   * With `verifyExtendsToken`: slides a session's idle timeout at most once in so many seconds for each token and process; a
   * verify in between is a `GET`, not a write, which replicas, the append-only file and a bill by commands feel. An unused
   * session may thus end so many seconds early, at most half of its idle timeout.
   * @default 0: with each verify
   */
  readonly extendEvery?: number | undefined;
  /**
   * Whether calls fail at once, with the reason `"breaker"`, while Redis can't be reached, rather than each after its
   * timeout.
   * @default none
   */
  readonly breaker?: BreakerOptions | undefined;
}

/** Options of `breaker`: when a store stops asking a Redis that can't be reached, and when it tries again. */
export interface BreakerOptions {
  /**
   * After how many commands in a row that timed out, or whose connection failed.
   * @default 5
   */
  readonly failures?: number | undefined;
  /**
   * Milliseconds after which one call tries again; the others go on failing at once until it is answered.
   * @default 1000
   */
  readonly retryAfter?: number | undefined;
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
  /**
   * Called once where Redis, a proxy or the user's rights refuse to tell of other processes' changes (client tracking), which
   * `nodeRedisStore` asks for: then only `ttl` limits how long a session that ended elsewhere is let in here.
   */
  readonly onUntracked?: (() => void) | undefined;
}

export interface CacheSettings {
  readonly ttl: number;
  readonly max: number;
  readonly onUntracked: () => void;
}

/** `BreakerOptions` after their checks, defaults filled in. */
export type BreakerSettings = { readonly [Name in keyof BreakerOptions]-?: number };

/** `RedisStoreOptions` after their checks. */
export interface RedisStoreSettings {
  readonly timeout: number;
  readonly cache: CacheSettings | undefined;
  readonly extendEvery: number;
  readonly breaker: BreakerSettings | undefined;
}

/** The names that {@link readStoreOptions} knows. */
export const STORE_OPTIONS = ["timeout", "cache", "extendEvery", "breaker"] as const;

/** The longest delay that `setTimeout` takes, in milliseconds; a longer one fires at once. */
const MAX_TIMEOUT = 0x7fff_ffff;

/** Longer than anyone should be let in after a logout. */
const MAX_CACHE_TTL = 3600;

/** Checks the options of a Redis store, whose names the caller has checked. */
export function readStoreOptions({
  timeout = 2000,
  cache,
  extendEvery = 0,
  breaker,
}: RedisStoreOptions): RedisStoreSettings {
  return {
    timeout: wholeNumber("timeout", "milliseconds", timeout, MAX_TIMEOUT),
    cache: cache === undefined ? undefined : readCache(cache),
    extendEvery: wholeNumber("extendEvery", "seconds", extendEvery, undefined, 0),
    breaker: breaker === undefined ? undefined : readBreaker(breaker),
  };
}

function readCache(options: CacheOptions): CacheSettings {
  const { ttl, max = 10_000, onUntracked } = knownOptions("cache", options, ["ttl", "max", "onUntracked"]);
  if (onUntracked !== undefined) callable("cache.onUntracked", onUntracked);
  return {
    onUntracked: () => droppingFailures<void>(onUntracked)(),
    ttl: wholeNumber("cache.ttl", "seconds", ttl, MAX_CACHE_TTL),
    max: wholeNumber("cache.max", "sessions", max),
  };
}

function readBreaker(options: BreakerOptions): BreakerSettings {
  const { failures = 5, retryAfter = 1000 } = knownOptions("breaker", options, ["failures", "retryAfter"]);
  return {
    failures: wholeNumber("failures", "failures", failures),
    retryAfter: wholeNumber("retryAfter", "milliseconds", retryAfter, MAX_TIMEOUT),
  };
}
