/** A clock that can be set forward, together with the expiries in a Redis. */
export interface TimeMachine {
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  /** Sets the clock forward by this many seconds, and shortens the life of every key in Redis by as much. */
  readonly advance: (seconds: number) => Promise<void>;
}

/**
 * Redis's clock can't be set. Instead, each key's time to live is shortened, and both times in a session's header (until when the
 * previous generation is accepted, and until when it is a straggler) are set back by whole seconds. Keys without an expiry stay.
 */
const SET_BACK = `
  local header = "^1 %d%d%d%d%d%d%d%d%d%d [%w_-]+ %d%d%d%d%d %d (%d%d%d%d%d%d%d%d%d%d) (%d%d%d%d%d%d%d%d%d%d) "
  local function setBack(key, offset, time)
    local earlier = math.max(0, tonumber(time) - math.floor(ARGV[1] / 1000))
    redis.call("SETRANGE", key, offset, string.format("%010d", earlier))
  end
  for _, key in ipairs(redis.call("KEYS", "*")) do
    local ttl = redis.call("PTTL", key)
    if ttl >= 0 then redis.call("PEXPIRE", key, ttl - ARGV[1]) end
    if redis.call("TYPE", key).ok == "string" then
      local graceEnd, again = string.match(redis.call("GETRANGE", key, 0, 71), header)
      if graceEnd then
        setBack(key, 33, graceEnd)
        setBack(key, 44, again)
      end
    end
  end`;

/**
 * Lets tests of expiry run without sleeping and independently of the machine's speed.
 *
 * @param send - sends a command to a Redis that nothing else uses. Omit it for a store that takes `now`
 */
export function createTimeMachine(send?: (command: string[]) => Promise<unknown>): TimeMachine {
  let ahead = 0;
  return {
    now: () => Date.now() / 1000 + ahead,
    async advance(seconds) {
      ahead += seconds;
      await send?.(["EVAL", SET_BACK, "0", String(seconds * 1000)]);
    },
  };
}

/** Sends commands through an ioredis client. */
export const tcpSender =
  (client: { call(name: string, ...args: string[]): Promise<unknown> }) =>
  ([name = "", ...args]: string[]): Promise<unknown> =>
    client.call(name, ...args);

/** Sends commands over the Upstash protocol, which works in every runtime. */
export const restSender =
  (url: string, token: string) =>
  async (command: string[]): Promise<unknown> => {
    const response = await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
    });
    if (!response.ok) throw new Error(`${response.status} for ${command[0]}`);
    return ((await response.json()) as { result: unknown }).result;
  };
