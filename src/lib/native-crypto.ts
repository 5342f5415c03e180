interface Global {
  process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * Node's synchronous `crypto`, which Deno and Bun have too; `undefined` elsewhere, where Web Crypto is used. It is looked up at run
 * time and never imported, so that bundles for the edge don't contain it. Web Crypto sends each call through a thread pool, which
 * costs several times the hash or cipher itself.
 *
 * @typeParam Used - what the caller uses of it
 */
export function nativeCrypto<Used>(): Used | undefined {
  try {
    return (globalThis as Global).process?.getBuiltinModule?.("crypto") as Used | undefined;
  } catch {
    // Next's edge runtime has the function, but it throws.
    return undefined;
  }
}
