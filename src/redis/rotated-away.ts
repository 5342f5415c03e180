import { StoreUnavailableError } from "../errors.ts";
import type { RedisExecutor, SessionRef, TimedCallOptions } from "../store.ts";
import { query } from "./command.ts";
import type { SessionHeader } from "./value.ts";

/** Whether a session's token was rotated and no longer counts. Decides as the script `older` does, but ends nothing. */
export async function isRotatedAway(
  store: Pick<RedisExecutor, "run">,
  { generation }: Pick<SessionRef, "generation">,
  { generation: present, isUsed, endedAtOnce, graceEnd }: SessionHeader,
  call: TimedCallOptions,
): Promise<boolean> {
  if (generation >= present) return false;
  if (generation < present - 1) return true;
  if (!isUsed && !endedAtOnce) return false;
  return graceEnd === 0 || (await clockOf(store, call)) >= graceEnd;
}

/** Redis's clock, which decides when a token's grace ends, or the service's if Redis refuses TIME. Unix seconds. */
async function clockOf(
  store: Pick<RedisExecutor, "run">,
  { now, signal }: TimedCallOptions,
): Promise<number> {
  try {
    const reply = await store.run(query("TIME"), { signal });
    return (Array.isArray(reply) && Number(reply[0])) || now;
  } catch (error) {
    const isRefused =
      error instanceof StoreUnavailableError && (error.reason === "auth" || error.reason === "server");
    if (isRefused) return now;
    throw error;
  }
}
