import type { TokenStore } from "../../src/store.ts";

/** A store that must not be called. It records each call and rejects it. */
export function untouchedStore(): TokenStore & { readonly calls: string[] } {
  const calls: string[] = [];
  const fail = (name: string) => async (): Promise<never> => {
    calls.push(name);
    throw new Error(`the store was asked to ${name}`);
  };
  return {
    calls,
    capabilities: { hashes: true },
    create: fail("create"),
    check: fail("check"),
    extend: fail("extend"),
    destroy: fail("destroy"),
    read: fail("read"),
    mark: () => "",
    run: fail("run"),
    runAll: fail("runAll"),
    later: () => void calls.push("later"),
    endLater: () => void calls.push("endLater"),
    connect: fail("connect"),
    disconnect: async () => {},
  };
}
