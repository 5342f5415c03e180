import type { Ring } from "../key-ring.ts";
import { type Bytes, fromBase64Url, toBase64Url, utf8 } from "../lib/bytes.ts";
import { type Gcm, IV_BYTES, joined, TAG_BYTES } from "./gcm.ts";
import { MARK } from "./sealing.ts";

/** Gives the text to the letter: by itself it would drop a byte order mark. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Encrypts a session value, bound to its Redis key: one that is moved to another doesn't open.
 *
 * @param key - the Redis key that it is for
 * @param iv - 12 bytes; from the CSPRNG but in tests of the format, for no two values may have the same
 */
export async function sealValue(
  cipher: Gcm,
  key: string,
  text: string,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(IV_BYTES)),
): Promise<string> {
  const sealed = await cipher.encrypt(iv, utf8(key), utf8(text));
  return MARK + toBase64Url(joined(iv, sealed));
}

/**
 * Decrypts a session value.
 *
 * @param key - the Redis key that it was found at
 * @returns `null` where none of the ring's secrets encrypted it for that Redis key
 */
export async function openValue(ring: Ring<Gcm>, key: string, value: string): Promise<string | null> {
  const bytes = bytesIn(value.slice(MARK.length));
  if (bytes === null || bytes.length < IV_BYTES + TAG_BYTES) return null;
  const [iv, sealed] = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)];
  for (const cipher of await ring()) {
    const text = await cipher.decrypt(iv, utf8(key), sealed);
    if (text !== null) return DECODER.decode(text);
  }
  return null;
}

/** Of base64url text, whose one form for these bytes it must be. */
function bytesIn(text: string): Bytes | null {
  const left = text.length % 4;
  if (left === 1 || /[^\w-]/.test(text)) return null;
  // Whole groups of four, for the decoder.
  const bytes = fromBase64Url(text.padEnd(text.length + ((4 - left) % 4), "A")).slice(
    0,
    (text.length * 3) >> 2,
  );
  const isCanonical = left === 0 || toBase64Url(bytes.subarray(1 - left)) === text.slice(-left);
  return isCanonical ? bytes : null;
}
