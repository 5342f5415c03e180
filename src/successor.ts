import type { KeyRing } from "./key-ring.ts";
import { fromBase64Url, toBase64Url } from "./lib/bytes.ts";
import { BODY_BYTES, sealBody } from "./token.ts";

/** What Redis may hold of a token that an old one was exchanged for: its body, which opens nothing without a secret. */
export const bodyOf = (token: string): string =>
  toBase64Url(fromBase64Url(token.slice(4)).subarray(0, BODY_BYTES));

/**
 * Gives the token back.
 *
 * @returns `undefined` where the text isn't a body, or its secret is no longer in the ring
 */
export async function tokenOf(ring: KeyRing, body: string): Promise<string | undefined> {
  if (!/^[\w-]{43}$/.test(body)) return undefined;
  return sealBody(await ring(), fromBase64Url(body));
}
