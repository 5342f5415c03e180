interface Global {
  process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * Node's `crypto`, which Deno and Bun have too; `undefined` elsewhere, where Web Crypto does. It is asked for at run time, never
 * imported: each call of Web Crypto's goes over a thread pool, which costs several times the hash or the cipher, and no two of one
 * tick come back in one.
 *
 * @typeParam Used - what the caller uses of it
 */
export function nativeCrypto<Used>(): Used | undefined {
  try {
    return (globalThis as Global).process?.getBuiltinModule?.("crypto") as Used | undefined;
  } catch {
    // Next's edge runtime has the function, and has it throw.
    return undefined;
  }
}
