import { deriver, type Ring } from "../key-ring.ts";
import { type Bytes, fromBase64Url, toBase64Url, utf8 } from "../lib/bytes.ts";
import { MARK } from "./sealing.ts";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The payload key of the wire format. It can't be exported. */
export async function derivePayloadKey(secret: Bytes): Promise<CryptoKey> {
  const derive = await deriver(secret);
  return crypto.subtle.importKey("raw", await derive("payload"), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** AES-256-GCM (NIST SP 800-38D), bound to the Redis key: a value that is moved to another one doesn't open. */
const algorithm = (iv: Bytes, key: string): AesGcmParams => ({
  name: "AES-GCM",
  iv,
  additionalData: utf8(key),
});

/**
 * Encrypts a session value.
 *
 * @param key - the Redis key that it is for
 * @param iv - 12 bytes; from the CSPRNG but in tests of the format, for no two values may have the same
 */
export async function sealValue(
  payloadKey: CryptoKey,
  key: string,
  text: string,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(IV_BYTES)),
): Promise<string> {
  const sealed = new Uint8Array(await crypto.subtle.encrypt(algorithm(iv, key), payloadKey, utf8(text)));
  const bytes = new Uint8Array(IV_BYTES + sealed.length);
  bytes.set(iv);
  bytes.set(sealed, IV_BYTES);
  return MARK + toBase64Url(bytes);
}

/**
 * Decrypts a session value.
 *
 * @param key - the Redis key that it was found at
 * @returns `null` where none of the ring's keys encrypted it for that Redis key
 */
export async function openValue(ring: Ring<CryptoKey>, key: string, value: string): Promise<string | null> {
  const bytes = bytesIn(value.slice(MARK.length));
  if (bytes === null || bytes.length < IV_BYTES + TAG_BYTES) return null;
  const [iv, sealed] = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)];
  for (const payloadKey of await ring()) {
    try {
      const text = await crypto.subtle.decrypt(algorithm(iv, key), payloadKey, sealed);
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(text);
    } catch (error) {
      // So does Web Crypto say that the tag isn't right. Whatever else goes wrong says nothing about the session.
      if ((error as Partial<Error> | null)?.name !== "OperationError") throw error;
    }
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
