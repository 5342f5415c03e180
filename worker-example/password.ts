import { decodeBase64Url, encodeBase64Url } from "hono/utils/encode";

/**
 * Cloudflare's workerd allows at most 100,000. On other runtimes use the 600,000 that OWASP recommends for PBKDF2-HMAC-SHA-256. Each
 * hash contains its own number, so you can mix them.
 */
const ITERATIONS = 100_000;

const HASH = /^pbkdf2-sha256\$(?<iterations>[1-9]\d{0,6})\$(?<salt>[\w-]{22,})\$(?<key>[\w-]{43})$/;

/** Returns `pbkdf2-sha256$<iterations>$<salt>$<key>`, with salt and key in base64url. */
export async function hashPassword(password: string, iterations: number = ITERATIONS): Promise<string> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const key = await deriveKey(password, salt, iterations);
  return `pbkdf2-sha256$${iterations}$${unpadded(salt)}$${unpadded(key)}`;
}

/**
 * Checks whether `password` is the one that was hashed, in constant time.
 *
 * @param work - the minimum number of iterations, so that hashes of different strength take the same time
 */
export async function verifyPassword(password: string, hash: string, work = 0): Promise<boolean> {
  const { iterations, salt, key } = partsOf(hash);
  const expected = decodeBase64Url(key);
  const actual = await deriveKey(password, decodeBase64Url(salt), iterations);
  if (work > iterations) await deriveKey(password, decodeBase64Url(salt), work - iterations);
  return equal(actual, expected);
}

/** The number of iterations of a hash. */
export const workOf = (hash: string): number => partsOf(hash).iterations;

function partsOf(hash: string): { readonly iterations: number; readonly salt: string; readonly key: string } {
  const { iterations, salt, key } = HASH.exec(hash)?.groups ?? {};
  if (iterations === undefined || salt === undefined || key === undefined) {
    throw new TypeError("not a hash that hashPassword made");
  }
  return { iterations: Number(iterations), salt, key };
}

export const isPasswordHash = (text: unknown): text is string => typeof text === "string" && HASH.test(text);

/** The hash for unknown names. No password matches it. */
export const NOBODYS_HASH = `pbkdf2-sha256$1$${"A".repeat(22)}$${"A".repeat(43)}`;

type Bytes = Uint8Array<ArrayBuffer>;

async function deriveKey(password: string, salt: Bytes, iterations: number): Promise<Bytes> {
  // Normalize, since keyboards encode characters such as "é" in different ways (NIST SP 800-63B-4 §3.1.1.2).
  const bytes = new TextEncoder().encode(password.normalize("NFKC"));
  const material = await crypto.subtle.importKey("raw", bytes, "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, material, 256));
}

const unpadded = (bytes: Bytes): string => encodeBase64Url(bytes.buffer).replaceAll("=", "");

/** Compares in constant time: looks at every byte. */
function equal(a: Bytes, b: Bytes): boolean {
  let difference = a.length ^ b.length;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}
