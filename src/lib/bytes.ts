/** Bytes that Web Crypto accepts: not backed by shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Four hex digits of the first two bytes. */
export const toHex = (bytes: Uint8Array): string => (0x10000 + readNumber(bytes, 0, 2)).toString(16).slice(1);

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Uint8Array(128);
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/**
 * Encodes base64url without padding (RFC 4648 §5), for some thousand bytes at most. It uses a table, because each verify needs it
 * twice, and `btoa` and `atob` with binary strings are 5 to 50 times slower.
 */
export function toBase64Url(bytes: Uint8Array): string {
  const codes: number[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += 6) {
    const two = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    codes.push(ALPHABET.charCodeAt((two >> (10 - (bit & 7))) & 63));
  }
  // Join once: V8 stores a string that is built by concatenation as a tree of its parts, 30 bytes each.
  return String.fromCharCode(...codes);
}

/** Decodes base64url. The caller has checked the alphabet. */
export function fromBase64Url(text: string): Bytes {
  const bytes = new Uint8Array(text.length * 0.75);
  let bits = 0;
  for (let from = 0, to = 0; from < text.length; from++) {
    bits = (bits << 6) | (VALUES[text.charCodeAt(from)] ?? 0);
    // In each group of four characters, the second, third and fourth each complete a byte.
    if (from & 3) bytes[to++] = bits >> (6 - 2 * (from & 3));
  }
  return bytes;
}

/** Reads a big-endian number. A `DataView` would make V8 move the bytes out of its heap. */
export function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) number = number * 256 + (bytes[i] ?? 0);
  return number;
}

/** Writes a number so that {@link readNumber} reads it again. */
export function writeNumber(bytes: Uint8Array, from: number, to: number, number: number): void {
  // Uint8Array keeps the lowest byte of the integer part.
  for (let i = to - 1, rest = number; i >= from; rest /= 256) bytes[i--] = rest;
}

/** Compares in constant time: it looks at every byte, so that the time doesn't show where two values differ. */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

/** Concatenates bytes. */
export function joined(...parts: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
