import { Redis } from "ioredis";
import { createRwt, type RwtOptions } from "../../src/index.ts";
import { type LegacyOptions, legacy } from "../../src/legacy/index.ts";
import { type RedisStoreOptions, redisStore } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createTimeMachine, type TimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { type StoreKind, storeKinds } from "../support/store-kinds.ts";

export interface User {
  readonly name: string;
}

export const secret = "the new secret of the tests, 32 bytes or more";
export const old = {
  user: { name: "Zoë", age: 0, admin: true },
  secret: "az3rty!",
  prefix: "sess:",
  expire: 600,
};
/** Unix seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);

/** Makes services on a store that accept the tokens of {@link old}. */
export const servicesOn =
  (store: TokenStore) =>
  (more: Partial<LegacyOptions<User>> = {}, options: Partial<RwtOptions> = {}) =>
    createRwt<User>({ store, secret, ...options }).with(
      legacy<User>({ prefix: old.prefix, secret: old.secret, ...more }),
    );

/** A store that must not be called. */
export const deafStore: TokenStore = redisStore({
  send: () => Promise.reject(new Error("asked")),
  close: async () => {},
});

/** A Redis of this file's own, and all stores that reach it. */
export interface Bench {
  readonly admin: Redis;
  readonly kinds: readonly StoreKind[];
  /** The remaining life of each key in seconds. */
  lives(): Promise<number[]>;
  /** Old hashes and new sessions: all keys except those of persons and indexes. */
  sessionKeys(): Promise<string[]>;
  /** Advances the time in Redis and in services that use it as their clock. */
  readonly time: TimeMachine;
  /** Opens another store, over TCP. */
  openStore(options?: RedisStoreOptions): TokenStore;
}

export async function bench(): Promise<Bench> {
  const redis = await ownRedis();
  const admin = new Redis(redis.url);
  atEnd(() => admin.quit());
  return {
    admin,
    kinds: storeKinds(redis, await ownRest(redis)),
    lives: async () => Promise.all((await admin.keys("*")).map((key) => admin.ttl(key))),
    time: createTimeMachine(tcpSender(admin)),
    openStore(options) {
      const store = ioredisStore(redis.url, options);
      atEnd(() => store.disconnect());
      return store;
    },
    sessionKeys: async () => (await admin.keys("*")).filter((key) => !/:[pi]:/.test(key)),
  };
}
