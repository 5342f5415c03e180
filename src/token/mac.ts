import { type Bytes, utf8 } from "../lib/bytes.ts";
import { nativeCrypto } from "../lib/native-crypto.ts";

/** HMAC-SHA-256 with a key that only the function has. */
export type Mac = (message: Bytes) => Bytes | Promise<Bytes>;

interface NativeCrypto {
  /** Returns a character for each byte. With bytes, Node would allocate a buffer, which takes several times as long as the hash. */
  readonly hash: (name: "sha256", data: Bytes, encoding: "latin1") => string;
}

/** The sizes of SHA-256's blocks and hashes, in bytes. */
const BLOCK = 64;
const HASH = 32;

/**
 * Makes a MAC of 32 bytes. It uses the runtime's own synchronous hash, if there is one: in Node 20.12 and later, Deno and Bun.
 *
 * @param bits - the key, no longer than a block
 */
export async function macOf(bits: Bytes): Promise<Mac> {
  const native = nativeCrypto<NativeCrypto>(({ hash }) => hash("sha256", utf8(""), "latin1").length === HASH);
  if (native) {
    const { hash } = native;
    // RFC 2104's inner and outer hash. Reuse their buffers between calls: V8 takes longer to allocate one than to hash it.
    let inner = keyedBlock(bits, 0x36, 0);
    const outer = keyedBlock(bits, 0x5c, HASH);
    return (message) => {
      if (inner.length !== BLOCK + message.length) inner = keyedBlock(bits, 0x36, message.length);
      inner.set(message, BLOCK);
      writeCharacters(outer, BLOCK, hash("sha256", inner, "latin1"));
      const mac = new Uint8Array(HASH);
      writeCharacters(mac, 0, hash("sha256", outer, "latin1"));
      return mac;
    };
  }
  const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return async (message) => new Uint8Array(await crypto.subtle.sign("HMAC", key, message));
}

/** Makes the first block of a hash from the key, with room for that many bytes behind it. */
function keyedBlock(bits: Bytes, pad: number, room: number): Bytes {
  const bytes = new Uint8Array(BLOCK + room);
  for (let i = 0; i < BLOCK; i++) bytes[i] = pad ^ (bits[i] ?? 0);
  return bytes;
}

function writeCharacters(bytes: Bytes, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
