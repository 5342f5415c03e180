import type { Bytes } from "./lib/bytes.ts";

/** HMAC-SHA-256 under a key that never leaves it. */
export type Mac = (body: Bytes) => Bytes | Promise<Bytes>;

/** What is used of Node's `crypto`, which Deno and Bun have too. */
interface NativeCrypto {
  createSecretKey(bits: Bytes): object;
  createHmac(hash: "sha256", key: object): { update(body: Bytes): { digest(): Bytes } };
}

interface Global {
  process?: { getBuiltinModule?(name: string): NativeCrypto | undefined };
}

/**
 * Makes a MAC of 32 bytes: the runtime's own synchronous one where there is one, since each call of Web Crypto's goes over
 * a thread pool, which costs several times the hash, and no two of one tick come back in one. It is asked for at run
 * time, never imported.
 */
export async function macOf(bits: Bytes): Promise<Mac> {
  const native = (globalThis as Global).process?.getBuiltinModule?.("node:crypto");
  if (native) {
    const key = native.createSecretKey(bits);
    return (body) => new Uint8Array(native.createHmac("sha256", key).update(body).digest());
  }
  const { subtle } = crypto;
  const key = await subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (body) => new Uint8Array(await subtle.sign("HMAC", key, body));
}
