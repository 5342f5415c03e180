import type { RedisStore } from "./redis.ts";

/**
 * A store whose code is loaded at the first call, where only the client in use is installed.
 *
 * Not for Workers: the requests share the promise of loading it.
 */
export function loadedStore(load: () => Promise<RedisStore>): RedisStore {
  let loading: Promise<RedisStore> | undefined;
  const get = (): Promise<RedisStore> => {
    loading ??= load();
    return loading;
  };
  return {
    run: async (options, operation) => (await get()).run(options, operation),
    create: async (...args) => (await get()).create(...args),
    read: async (...args) => (await get()).read(...args),
    extend: async (...args) => (await get()).extend(...args),
    remove: async (...args) => (await get()).remove(...args),
    connect: async (...args) => (await get()).connect(...args),
    disconnect: async () => (await loading)?.disconnect(),
  };
}
