import { OptionTypeError } from "../errors.ts";
import { type LegacyMethods, legacy as legacyTokens } from "../legacy/feature.ts";
import { knownOptions, MAX_SECONDS } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import { readOptions } from "../options.ts";
import type { Rwt } from "../rwt.ts";
import { createService } from "../service.ts";
import type { TokenStore } from "../store.ts";
import { warnOfShortSecret } from "./short-secret.ts";
import type { CompatConfig, CompatHttpRedis, CompatTcpRedis } from "./types.ts";

/** Opens the store that a factory's `redis` describes. */
export type OpenStore = (redis: CompatTcpRedis | CompatHttpRedis) => TokenStore;

/** A service that may accept the old libraries' tokens. */
export type CompatService<User> = LegacyMethods<User> &
  Pick<Rwt<User>, "sign" | "extend" | "destroy" | "connect" | "disconnect">;

/** One token service for each secret, since the original takes the secret with each call. */
export interface Services<User> {
  readonly store: TokenStore;
  /** @param expire - that of a token to be signed, which may exceed the default lifetime */
  of(secret: string, expire?: number): CompatService<User>;
}

const DEFAULT_LIFETIME = 30 * 86_400;
/** Secrets come from the program, not from requests, so there are few. */
const MAX_SERVICES = 100;

export function createServices<User>(config: CompatConfig<User>, openStore: OpenStore): Services<User> {
  const given = knownOptions("the configuration", config, ["redis", "custom", "prefix", "legacy"]);
  const redis = given.redis ?? {};
  const { maxLifetime, ...own } = knownOptions("custom", given.custom ?? {}, [
    "expire",
    "verifyExtendsToken",
    "maxLifetime",
  ]);
  const prefix = given.prefix ?? (isStore(redis) ? undefined : redis.prefix);
  const legacy = given.legacy ?? undefined;
  if (isClient(redis)) {
    const makers = "ioredisStore, nodeRedisStore or upstashStore";
    throw new OptionTypeError(
      "redis",
      `redis must be a store, not a client: make one from yours with ${makers}`,
    );
  }
  const store = isStore(redis) ? redis : openStore(redis);
  const kept = new Map<string, CompatService<User>>();

  /** The absolute lifetime, which matters only to `sign`. */
  const lifetimeFor = (expire: unknown): number =>
    maxLifetime ?? Math.max(DEFAULT_LIFETIME, ...[own.expire, expire].map(numberIn));

  function make(secret: string, lifetime: number): CompatService<User> {
    const settings = readOptions({ ...own, store, secret, prefix, maxLifetime: lifetime }, 1);
    const rwt = createService(settings) as unknown as Rwt<User>;
    return legacy === undefined ? { ...rwt, expireOrphans: refuseToSweep } : rwt.with(legacyTokens(legacy));
  }

  function keep(name: string, service: CompatService<User>): CompatService<User> {
    const [oldest] = kept.keys();
    if (oldest !== undefined && kept.size >= MAX_SERVICES) kept.delete(oldest);
    kept.set(name, service);
    return service;
  }

  // Finds a wrong configuration now rather than at the first call.
  make("any: each call brings its own", lifetimeFor(undefined));
  return {
    store,
    of(secret, expire) {
      warnOfShortSecret(secret);
      const lifetime = lifetimeFor(expire);
      const name = `${lifetime} ${secret}`;
      return kept.get(name) ?? keep(name, make(secret, lifetime));
    },
  };
}

/** Wrong values count as 0 or as the maximum here: the check that knows the option's name refuses them later. */
const numberIn = (value: unknown): number =>
  Number.isInteger(value) ? Math.min(Number(value), MAX_SECONDS) : 0;

const isClient = (redis: object): boolean => ["call", "sendCommand", "exec"].some((name) => name in redis);

const isStore = (redis: object): redis is TokenStore =>
  isObject(redis) && typeof redis.run === "function" && typeof redis.read === "function";

async function refuseToSweep(): Promise<never> {
  throw new OptionTypeError(
    "legacy",
    "expireOrphans needs the option legacy, with the prefix of the old keys",
  );
}
