import type { RedisExecutor } from "../store.ts";

/**
 * Tells of each key that a store is about to write, and again when that is answered or has failed: what was read in between
 * may be of before or after.
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
