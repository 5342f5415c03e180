import type { Bytes } from "./bytes.ts";

/** As many as Node's own `randomUUID` keeps ready. */
const KEPT = 128 * 16;

let ready = new Uint8Array(0);
let used = 0;

/**
 * Returns random bytes, at most 16, from the runtime's CSPRNG. It is asked for many at once, since asking takes several times as long
 * as an HMAC. Bytes that were given are erased from the block.
 */
export function randomBytes(count: number): Bytes {
  if (used + count > ready.length) {
    ready = crypto.getRandomValues(new Uint8Array(KEPT));
    used = 0;
  }
  const bytes = ready.slice(used, used + count);
  ready.fill(0, used, used + count);
  used += count;
  return bytes;
}
