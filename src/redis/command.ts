import type { ScriptName } from "./scripts.ts";

/** What a command touches and changes. Routing, `WAIT`, cache invalidation and retries depend on it. */
export interface CommandTraits {
  /** Every key that it touches. In a cluster they share a slot. */
  readonly keys: readonly string[];
  /** Whether it changes anything. */
  readonly write: boolean;
  /** Whether a failover may lose the change without harm. The option `replicas` doesn't wait for it. */
  readonly expendable?: boolean | undefined;
  /** Whether no caller waits for it. The breaker doesn't count its failure. */
  readonly background?: boolean | undefined;
  /** For a command of a read: what a replica has to have before it answers, as the connection's `sync` says. */
  readonly after?: string | undefined;
}

/** One Redis command. Every argument is text, since a number in the wrong place could leave a key without an expiry. */
export interface RedisCommand extends CommandTraits {
  /** Such as `"GET"`. */
  readonly name: string;
  /** The words to send: the name, then keys and other arguments. */
  readonly args: readonly [string, ...string[]];
}

/** A call of one of the library's Lua scripts, which Redis runs atomically. */
export interface ScriptCall extends CommandTraits {
  readonly script: ScriptName;
  /** The script's ARGV. */
  readonly args: readonly string[];
}

/** What a command changes, if anything. */
export type CommandEffect = Omit<CommandTraits, "keys">;

const READS: CommandEffect = { write: false };
export const WRITES: CommandEffect = { write: true };
/** A write that a failover may lose. */
export const TOUCHES: CommandEffect = { write: true, expendable: true };
/** A write that a failover may lose, and that no caller waits for. */
export const BACKGROUND: CommandEffect = { ...TOUCHES, background: true };

/**
 * Makes a command whose keys come before its other arguments.
 *
 * @param name - one word, or two such as `"CONFIG GET"`
 * @param effect - by default a lasting write: it invalidates cached keys, and the option `replicas` waits for it
 */
export function command(
  name: string,
  keys: readonly string[] = [],
  rest: readonly string[] = [],
  effect: CommandEffect = WRITES,
): RedisCommand {
  const [first = name, ...more] = name.includes(" ") ? name.split(" ") : [name];
  return { name, keys, args: [first, ...more, ...keys, ...rest], ...effect };
}

/** Makes a command that only reads. */
export const query = (
  name: string,
  keys: readonly string[] = [],
  rest: readonly string[] = [],
): RedisCommand => command(name, keys, rest, READS);

export const scriptCall = (
  script: ScriptName,
  keys: readonly string[],
  args: readonly string[],
  effect: CommandEffect = WRITES,
): ScriptCall => ({ script, keys, args, ...effect });
