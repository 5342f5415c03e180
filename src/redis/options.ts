import { callable, knownOptions, wholeNumber } from "../lib/check.ts";
import { droppingFailures } from "../lib/listener.ts";

/** Options of every Redis store. */
export interface RedisStoreOptions {
  /**
   * How long a call may take, in milliseconds, connecting included. After that it throws a `StoreUnavailableError` with the
   * reason `"timeout"`.
   * @default 2000
   */
  readonly timeout?: number | undefined;
  /**
   * Keeps recently read sessions in this process's memory, so that checking a token again within `ttl` seconds takes no round
   * trip. You see what another process ends, changes or rotates up to `ttl` seconds late, in an outage too.
   *
   * Changes through this store are seen immediately, and no session outlives its deadline.
   *
   * If `nodeRedisStore` makes the client, Redis pushes invalidations (client tracking of RESP3), and you see other processes' changes
   * as soon as their push arrives. The exception is a session without a subject that `verifyExtendsToken` slides, because Redis
   * counts its `GETEX` as a write. Set `extendEvery` too if sessions slide: each slide of a session with a subject invalidates this
   * process's own copy.
   * @default none
   */
  readonly cache?: CacheOptions | undefined;
  /**
   * With `verifyExtendsToken`, restarts a session's idle timeout at most once in this many seconds; checks in between only read.
   * An unused session may end that many seconds early, at most half of its idle timeout.
   *
   * It counts for each token and process. Fewer writes mean less work for replicas and the append-only file, and a smaller bill
   * where commands are billed.
   * @default 0
   */
  readonly extendEvery?: number | undefined;
  /**
   * Makes calls fail at once, with the reason `"breaker"`, while Redis can't be reached, instead of each after its timeout.
   * @default none
   */
  readonly breaker?: BreakerOptions | undefined;
}

/** Options of `breaker`: when a store stops asking a Redis that can't be reached, and when it tries again. */
export interface BreakerOptions {
  /**
   * How many commands in a row must time out or lose their connection before calls fail at once.
   * @default 5
   */
  readonly failures?: number | undefined;
  /**
   * Milliseconds until one call tries Redis again. The others go on failing at once until Redis answers it.
   * @default 1000
   */
  readonly retryAfter?: number | undefined;
}

/** Options of `cache`. */
export interface CacheOptions {
  /** For how many seconds a session may be answered from memory, at most 3,600. */
  readonly ttl: number;
  /**
   * How many sessions are kept at most.
   * @default 10000
   */
  readonly max?: number | undefined;
  /**
   * Called once if Redis, a proxy or the user's rights refuse client tracking, which `nodeRedisStore` asks for. Then only `ttl`
   * limits how long a session that ended elsewhere is still accepted here.
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

/** In seconds: nobody should be let in for longer than this after a logout. */
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
