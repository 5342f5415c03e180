import type { ScriptName } from "./scripts.ts";

/** What a command does, beyond its words. Routing, `WAIT`, the cache and retries follow from it. */
export interface CommandTraits {
  /** Every key that it touches; in a cluster they share a slot. */
  readonly keys: readonly string[];
  /** Whether it changes anything. */
  readonly write: boolean;
  /** Whether a failover may lose what it changes without harm, so that the option `replicas` doesn't wait for it. */
  readonly expendable?: boolean | undefined;
  /** Whether no caller waits for it. Its failure doesn't count for the breaker. */
  readonly background?: boolean | undefined;
}

/** One Redis command. Every argument is text: a number in the wrong place would lose a key its expiry. */
export interface RedisCommand extends CommandTraits {
  /** Such as `"GET"`. */
  readonly name: string;
  /** The words to send: the name, then keys and other arguments. */
  readonly args: readonly [string, ...string[]];
}

/** A Lua script of the library's, which Redis runs in one step. */
export interface ScriptCall extends CommandTraits {
  readonly script: ScriptName;
  /** What comes after the keys. */
  readonly args: readonly string[];
}

/** What a command changes, if anything. */
export type CommandEffect = Omit<CommandTraits, "keys">;

const READS: CommandEffect = { write: false };
export const WRITES: CommandEffect = { write: true };
/** Changes something that may be lost. */
export const TOUCHES: CommandEffect = { write: true, expendable: true };
/** Changes something that no caller waits for, and that may be lost. */
export const BACKGROUND: CommandEffect = { ...TOUCHES, background: true };

/**
 * A command whose keys come before its other arguments.
 *
 * @param name - one word, or two such as `"CONFIG GET"`
 * @param effect - by default the safe one: a cache forgets the keys, and the option `replicas` waits
 */
export function command(
  name: string,
  keys: readonly string[] = [],
  rest: readonly string[] = [],
  effect: CommandEffect = WRITES,
): RedisCommand {
  const [first = name, ...more] = name.split(" ");
  return { name, keys, args: [first, ...more, ...keys, ...rest], ...effect };
}

/** A command that changes nothing. */
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
