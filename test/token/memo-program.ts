/** Prints, as JSON, how many bytes of heap a service uses per memoized token. Run it with `--expose-gc`. */
import { createRwt } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { deriveKeys, hashSubject, mintToken } from "../../src/token/index.ts";

const TOKENS = 4000;
const HEADER_BYTES = 16_384;

const secret = "a secret of the tests, 32 bytes or more";
const keys = await deriveKeys(new TextEncoder().encode(secret));
const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) throw new Error("run it with --expose-gc");

const person = await hashSubject(keys, "Ada");

/** A token as a server gets it: a slice of a header's string. */
async function fromHeader(deadline: number): Promise<string> {
  // With a person, which adds two keys.
  const token = await mintToken(keys, { deadline, expire: 60, person });
  const header = Buffer.from(`a=b; __Host-rwt=${token}; c=`.padEnd(HEADER_BYTES, "x")).toString("latin1");
  return /rwt_[\w-]+/.exec(header)?.[0] ?? "";
}

async function heapPerToken(deadline: number): Promise<number> {
  // No session is stored, so that only the memo grows.
  const rwt = createRwt({ store: memoryStore(), secret });
  await rwt.verify(await fromHeader(deadline));
  gc?.();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < TOKENS; i++) await rwt.verify(await fromHeader(deadline));
  gc?.();
  const grown = process.memoryUsage().heapUsed - before;
  // Keep the service alive until here.
  if (rwt.expire === 0) throw new Error("never");
  return grown / TOKENS;
}

const now = Math.floor(Date.now() / 1000);
const [live, dead] = [await heapPerToken(now + 600), await heapPerToken(now - 1)];
console.log(JSON.stringify({ live, dead }));
