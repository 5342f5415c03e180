import type { Bytes } from "./lib/bytes.ts";
import { nativeCrypto } from "./lib/native-crypto.ts";

/** HMAC-SHA-256 under a key that never leaves it. */
export type Mac = (body: Bytes) => Bytes | Promise<Bytes>;

interface NativeHmac {
  createSecretKey(bits: Bytes): object;
  createHmac(hash: "sha256", key: object): { update(body: Bytes): { digest(): Bytes } };
}

/** Makes a MAC of 32 bytes: the runtime's own synchronous one where there is one. */
export async function macOf(bits: Bytes): Promise<Mac> {
  const native = nativeCrypto<NativeHmac>();
  if (native) {
    const key = native.createSecretKey(bits);
    return (body) => new Uint8Array(native.createHmac("sha256", key).update(body).digest());
  }
  const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (body) => new Uint8Array(await crypto.subtle.sign("HMAC", key, body));
}
