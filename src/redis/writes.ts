import type { RedisExecutor } from "../store.ts";

/**
 * Calls `changed` with each key of a write before it is sent, and again after its reply or failure: a read in between may return the
 * old value or the new one.
 */
export function tellOfWrites(
  store: RedisExecutor,
  changed: (key: string) => void,
): Pick<RedisExecutor, "run" | "runAll"> {
  async function around<T>(
    calls: readonly { readonly keys: readonly string[]; readonly write: boolean }[],
    run: () => Promise<T>,
  ): Promise<T> {
    const keys = calls.flatMap((call) => (call.write ? call.keys : []));
    keys.forEach(changed);
    try {
      return await run();
    } finally {
      keys.forEach(changed);
    }
  }

  return {
    run: (call, options) => around([call], () => store.run(call, options)),
    runAll: (commands, options) => around(commands, () => store.runAll(commands, options)),
  };
}
