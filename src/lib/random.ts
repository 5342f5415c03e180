import type { Bytes } from "./bytes.ts";

/** As many as Node's own `randomUUID` keeps ready. */
const KEPT = 128 * 16;

let ready = new Uint8Array(0);
let used = 0;

/** Two clocks, and the 16 bytes of their numbers. The first one's lowest bits change with each nanosecond. */
const clocks = new Float64Array(2);
const time = new Uint8Array(clocks.buffer);

/**
 * Returns random bytes, at most 16, from the runtime's CSPRNG. It is asked for many at once, since asking takes several times as long
 * as an HMAC. Bytes that were given are erased from the block.
 *
 * Processes that start from one snapshot (of a virtual machine, or Node's `--build-snapshot`) hold the same block, and in virtual
 * machines the CSPRNG may have the same state too. So the time of the call is mixed in: it keeps their bytes apart, and XOR leaves
 * random bytes as random as they were.
 */
export function randomBytes(count: number): Bytes {
  if (used + count > ready.length) {
    ready = crypto.getRandomValues(new Uint8Array(KEPT));
    used = 0;
  }
  const bytes = ready.slice(used, used + count);
  ready.fill(0, used, used + count);
  used += count;
  clocks[0] = performance.now();
  clocks[1] = Date.now();
  for (let i = 0; i < count; i++) bytes[i] = (bytes[i] ?? 0) ^ (time[i] ?? 0);
  return bytes;
}
