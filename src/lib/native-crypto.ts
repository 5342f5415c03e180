interface Global {
  process?: { getBuiltinModule?(name: string): unknown };
}

/**
 * Node's synchronous `crypto`, which Deno and Bun have too; `undefined` elsewhere, where Web Crypto is used. It is looked up at run
 * time and never imported, so that bundles for the edge don't contain it. Web Crypto sends each call through a thread pool, which
 * costs several times the hash or cipher itself.
 *
 * @typeParam Used - what the caller uses of it
 * @param works - whether it does what the caller needs: polyfills have functions that throw, or none
 */
export function nativeCrypto<Used>(works: (native: Used) => boolean): Used | undefined {
  try {
    const native = (globalThis as Global).process?.getBuiltinModule?.("crypto") as Used | null | undefined;
    return native && works(native) ? native : undefined;
  } catch {
    // Next's edge runtime has the function, but it throws.
    return undefined;
  }
}
