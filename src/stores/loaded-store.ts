import type { TokenStore } from "../store.ts";

/**
 * A store that loads its code at the first call, so that only the client in use has to be installed.
 *
 * Not for Workers, since requests share the promise of loading it.
 */
export function loadedStore(load: () => Promise<TokenStore>): TokenStore {
  let loading: Promise<TokenStore> | undefined;
  const get = (): Promise<TokenStore> => {
    loading ??= load();
    return loading;
  };
  const inBackground = (work: (store: TokenStore) => void): void => void get().then(work, () => {});
  return {
    capabilities: { hashes: true },
    create: async (...args) => (await get()).create(...args),
    check: async (...args) => (await get()).check(...args),
    extend: async (...args) => (await get()).extend(...args),
    later: (work) => inBackground((store) => store.later(work)),
    endLater: (session) => inBackground((store) => store.endLater(session)),
    destroy: async (...args) => (await get()).destroy(...args),
    read: async (...args) => (await get()).read(...args),
    mark: () => "",
    run: async (...args) => (await get()).run(...args),
    runAll: async (...args) => (await get()).runAll(...args),
    connect: async (...args) => (await get()).connect(...args),
    disconnect: async () => (await loading)?.disconnect(),
  };
}
