import { type Bytes, fromBase64Url, joined, toBase64Url, utf8 } from "../lib/bytes.ts";
import { randomBytes } from "../lib/random.ts";
import type { Ring } from "../token/key-ring.ts";
import { type Line, SEALED } from "../token/lines.ts";
import { type Gcm, IV_BYTES, TAG_BYTES } from "./gcm.ts";

/** Returns the text unchanged: by default, TextDecoder drops a byte order mark. */
const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/** The additional data that binds a line to its place, so that it doesn't decrypt elsewhere. */
function placeOf({ key, number, issuedAt }: Line): Bytes {
  const iat = issuedAt === undefined ? "" : `\n${String(issuedAt).padStart(10, "0")}`;
  return utf8(`${key}\n${number}${iat}`);
}

/**
 * Encrypts a line, bound to its place.
 *
 * @param iv - 12 bytes that no two lines may share: from the CSPRNG, except in tests of the format
 */
export async function sealLine(
  cipher: Gcm,
  line: Line,
  text: string,
  iv: Bytes = randomBytes(IV_BYTES),
): Promise<string> {
  const sealed = await cipher.encrypt(iv, placeOf(line), utf8(text));
  const bytes = joined(iv, sealed);
  let encoded = SEALED;
  for (let from = 0; from < bytes.length; from += PIECE)
    encoded += toBase64Url(bytes.subarray(from, from + PIECE));
  return encoded;
}

/** How many bytes are encoded at once, since a line may be long: whole groups of three, so that the pieces can be joined. */
const PIECE = 3072;

/**
 * Decrypts a line.
 *
 * @param line - where it was found
 * @returns `null` if none of the ring's secrets encrypted it for that place
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

/** Decodes base64url text; `null` unless it is the one canonical text for its bytes. */
function bytesIn(text: string): Bytes | null {
  const left = text.length % 4;
  if (left === 1 || /[^\w-]/.test(text)) return null;
  // Pad to whole groups of four, as the decoder needs.
  const bytes = fromBase64Url(text.padEnd(text.length + ((4 - left) % 4), "A")).slice(
    0,
    (text.length * 3) >> 2,
  );
  const isCanonical = left === 0 || toBase64Url(bytes.subarray(1 - left)) === text.slice(-left);
  return isCanonical ? bytes : null;
}
