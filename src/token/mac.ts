import type { Bytes } from "../lib/bytes.ts";
import { nativeCrypto } from "../lib/native-crypto.ts";

/** HMAC-SHA-256 under a key that never leaves it. */
export type Mac = (message: Bytes) => Bytes | Promise<Bytes>;

interface NativeCrypto {
  /** Gives a character for each byte. Bytes would be memory of Node's, which takes several times as long as the hash. */
  readonly hash?: (name: "sha256", data: Bytes, encoding: "latin1") => string;
}

/** Bytes of SHA-256's blocks and of its hashes. */
const BLOCK = 64;
const HASH = 32;

/**
 * Makes a MAC of 32 bytes, by the runtime's own synchronous hash where there is one: in Node 20.12 and later, Deno and Bun.
 *
 * @param bits - the key, no longer than a block
 */
export async function macOf(bits: Bytes): Promise<Mac> {
  const hash = nativeCrypto<NativeCrypto>()?.hash;
  if (hash) {
    // RFC 2104's inner and outer key.
    const keys = [0x36, 0x5c].map((pad) => new Uint8Array(BLOCK).map((_, i) => pad ^ (bits[i] ?? 0)));
    return (body) => {
      let message = body;
      for (const key of keys) {
        const data = new Uint8Array(BLOCK + message.length);
        data.set(key);
        data.set(message, BLOCK);
        const text = hash("sha256", data, "latin1");
        message = new Uint8Array(HASH);
        for (let i = 0; i < HASH; i++) message[i] = text.charCodeAt(i);
      }
      return message;
    };
  }
  const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}
