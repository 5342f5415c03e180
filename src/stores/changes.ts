import type { RedisStore, SendCommand } from "./redis.ts";

/**
 * Tells of each key that a store is about to change, and again when that is answered or has failed: what was read in
 * between is of either side. Scripts of others than the store's own are told of by their first key.
 */
export function tellOfChanges(store: RedisStore, changed: (key: string) => void): RedisStore {
  async function around<T>(key: string, change: () => Promise<T>): Promise<T> {
    changed(key);
    try {
      return await change();
    } finally {
      changed(key);
    }
  }

  const watched =
    (send: SendCommand | SendCommand["passing"]): SendCommand["passing"] =>
    (...args) => {
      const [command, , , key] = args;
      const isScript = command.startsWith("EVAL") && key !== undefined;
      return isScript ? around(key, () => send(...args)) : send(...args);
    };

  return {
    ...store,
    run: (options, operation) =>
      store.run(options, (send) =>
        operation(Object.assign(watched(send), { passing: watched(send.passing), all: send.all })),
      ),
    extend: (key, ttl, options) => around(key, () => store.extend(key, ttl, options)),
    remove: (key, options) => around(key, () => store.remove(key, options)),
  };
}
