import { type Bytes, fromBase64Url, joined, toBase64Url, utf8 } from "../lib/bytes.ts";
import type { Ring } from "../token/key-ring.ts";
import { type Line, SEALED } from "../token/lines.ts";
import { type Gcm, IV_BYTES, TAG_BYTES } from "./gcm.ts";

/** Gives the text to the letter: by itself it would drop a byte order mark. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a line is bound to: one that is moved to another place doesn't open. */
function placeOf({ key, number, issuedAt }: Line): Bytes {
  const iat = issuedAt === undefined ? "" : `\n${String(issuedAt).padStart(10, "0")}`;
  return utf8(`${key}\n${number}${iat}`);
}

/**
 * Encrypts a line, bound to its place.
 *
 * @param iv - 12 bytes; from the CSPRNG but in tests of the format, for no two lines may have the same
 */
export async function sealLine(
  cipher: Gcm,
  line: Line,
  text: string,
  iv: Bytes = crypto.getRandomValues(new Uint8Array(IV_BYTES)),
): Promise<string> {
  const sealed = await cipher.encrypt(iv, placeOf(line), utf8(text));
  const bytes = joined(iv, sealed);
  let encoded = SEALED;
  for (let from = 0; from < bytes.length; from += PIECE)
    encoded += toBase64Url(bytes.subarray(from, from + PIECE));
  return encoded;
}

/** Bytes that are encoded at once: whole groups of three, for a line may be long. */
const PIECE = 3072;

/**
 * Decrypts a line.
 *
 * @param line - where it was found
 * @returns `null` where none of the ring's secrets encrypted it for that place
 */
export async function openLine(ring: Ring<Gcm>, line: Line, value: string): Promise<string | null> {
  const bytes = bytesIn(value.slice(SEALED.length));
  if (bytes === null || bytes.length < IV_BYTES + TAG_BYTES) return null;
  const [iv, sealed] = [bytes.slice(0, IV_BYTES), bytes.slice(IV_BYTES)];
  for (const cipher of await ring()) {
    const text = await cipher.decrypt(iv, placeOf(line), sealed);
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
