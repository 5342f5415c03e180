/**
 * Sessions in this process's memory.
 *
 * @module
 */
import { callable, knownOptions, wholeNumber } from "../../lib/check.ts";
import { type Clock, systemClock } from "../../lib/clock.ts";
import { command, query, type RedisCommand, type ScriptCall } from "../../redis/command.ts";
import { storeUnavailable } from "../../redis/faults.ts";
import { seconds } from "../../redis/replies.ts";
import { sessionStore } from "../../redis/session-store.ts";
import { type LinkListener, storeTracking } from "../../redis/tracking.ts";
import type { StoreCallOptions, TokenStore } from "../../store.ts";
import { memoryCommands } from "./commands.ts";
import { compiledScripts } from "./scripts.ts";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many entries it holds at most, 3 or more: one for each session, and two for each subject that has sessions. When it is
   * full, it drops those that were used longest ago, which logs their users out.
   * @default 10000
   */
  readonly maxEntries?: number | undefined;
  /**
   * The clock, in Unix seconds. Tests pass their own.
   * @default the system's
   */
  readonly now?: Clock | undefined;
}

/**
 * Keeps sessions in this process's memory: for development, tests and services of a single process. Other processes and
 * other isolates of the same Worker don't see them. It runs the same scripts as Redis, compiled to TypeScript.
 *
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore({ maxEntries: 500 }), secret: "s".repeat(32) });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): TokenStore {
  const { maxEntries = 10_000, now = systemClock } = knownOptions("memoryStore's options", options, [
    "maxEntries",
    "now",
  ]);
  callable("now", now);
  const commands = memoryCommands(wholeNumber("maxEntries", "entries", maxEntries, undefined, 3), now);
  // Nil is false within a script.
  const scripts = compiledScripts((name, ...args) => commands.run(name, args) ?? false);

  const listeners = new Set<LinkListener>();
  const links = storeTracking(async (listener) => {
    listeners.add(listener);
    return { send: async (call) => runNow(call), close: () => void listeners.delete(listener) };
  }, 1000);

  async function run(call: RedisCommand | ScriptCall, callOptions?: StoreCallOptions): Promise<unknown> {
    callOptions?.signal?.throwIfAborted();
    try {
      return runNow(call);
    } finally {
      if (call.write) for (const { changed } of listeners) call.keys.forEach(changed);
    }
  }

  function runNow(call: RedisCommand | ScriptCall): unknown {
    try {
      if (!("script" in call)) return commands.run(call.name, call.args.slice(1));
      const script = scripts[call.script];
      if (script === undefined) throw new Error(`ERR unknown command '${call.script}'`);
      const reply = script(call.keys, call.args);
      // Redis replies nil for Lua's false.
      return reply === false ? null : reply;
    } catch (error) {
      throw storeUnavailable(error);
    }
  }

  return sessionStore({
    capabilities: { hashes: false },
    tracking: links.tracking,
    async read({ session, person }, callOptions) {
      const slideTo = callOptions?.slideTo;
      if (slideTo !== undefined) await run(command("EXPIRE", [session], [seconds(slideTo)]), callOptions);
      const keys = person === undefined ? [session] : [session, person];
      const [value = null, owner] = (await run(query("MGET", keys), callOptions)) as readonly (
        | string
        | null
      )[];
      return { session: value, person: owner };
    },
    mark: () => "",
    run,
    runAll: async (all, callOptions) => Promise.all(all.map((each) => run(each, callOptions))),
    async connect(callOptions) {
      callOptions?.signal?.throwIfAborted();
    },
    async disconnect() {
      links.disconnected();
    },
  });
}
