import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";

/** Bytes that Redis uses for its data, including the hash tables of keys and expiries, without the clients' buffers. */
export async function usedBytes(admin: Redis): Promise<number> {
  // Redis resizes its hash tables step by step, and frees buffers after a while.
  await sleep(300);
  const memory = await admin.info("memory");
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(memory)?.[1]);
  return field("used_memory") - field("mem_clients_normal");
}

/** Bytes of this process's heap after a full garbage collection. */
export function heapUsed(): number {
  if (globalThis.gc === undefined) throw new Error("start Node with --expose-gc, as npm run bench does");
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}
