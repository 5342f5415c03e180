interface Global {
  process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * Node's `crypto`, which Deno and Bun have too; `undefined` elsewhere. It is asked for at run time, never imported: each call of
 * Web Crypto's goes over a thread pool, which costs several times the hash or the cipher, and no two of one tick come back in one.
 *
 * @typeParam Used - what the caller uses of it
 */
export const nativeCrypto = <Used>(): Used | undefined =>
  (globalThis as Global).process?.getBuiltinModule?.("crypto") as Used | undefined;
