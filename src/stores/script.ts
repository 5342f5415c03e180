import { isNoScript } from "./fault.ts";
import type { SendCommand } from "./redis.ts";

/** A Lua script that Redis runs in one step, and its SHA-1 by which Redis knows it; a test compares the two. */
export interface Script {
  readonly text: string;
  readonly sha1: string;
  /** Whether what it changes may be lost in a failover without harm. */
  readonly passing?: true;
}

/** Runs a script: by its digest, and where Redis doesn't know that, by its text. All keys lie in one slot. */
export async function evaluate(
  send: SendCommand,
  { text, sha1, passing }: Script,
  keys: readonly string[],
  args: readonly string[],
): Promise<unknown> {
  const rest = [String(keys.length), ...keys, ...args] as const;
  const through = passing ? send.passing : send;
  try {
    return await through("EVALSHA", sha1, ...rest);
  } catch (error) {
    if (!isNoScript(error)) throw error;
    return through("EVAL", text, ...rest);
  }
}

/**
 * A new session that joins its subject's index. Sent twice, it answers the same. Four members picked at random are
 * looked up, and those whose sessions are gone leave: so the dead stay fewer than the living, at a cost that doesn't
 * grow. A member that begins with ~ is what a rotation left for its grace.
 *
 * KEYS: session, index. ARGV: value, seconds to live, member, deadline, now.
 */
export const CREATE_INDEXED: Script = {
  text: `if not redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2], 'NX') and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
local base = string.sub(KEYS[1], 1, -1 - #ARGV[3])
for _, member in ipairs(redis.call('ZRANDMEMBER', KEYS[2], 4)) do
  if redis.call('EXISTS', base .. string.gsub(member, '^~', '')) == 0 then redis.call('ZREM', KEYS[2], member) end
end
redis.call('EXPIRE', KEYS[2], redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] - ARGV[5])
return 1`,
  sha1: "4fd6b9548f3050fc96e66153c48f1a3871b3ce06",
};

/**
 * Many sessions read, each given so many seconds to live: one command, where a pipeline costs the client as much as single
 * calls do.
 *
 * KEYS: sessions. ARGV: seconds, one for each or one for all.
 */
export const SLIDE: Script = {
  text: `local values = {}
for i = 1, #KEYS do values[i] = redis.call('GETEX', KEYS[i], 'EX', ARGV[i] or ARGV[1]) end
return values`,
  sha1: "f546a7420d06345e9b165077abce071cbe340fa7",
  passing: true,
};
