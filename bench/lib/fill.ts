import type { Redis } from "ioredis";

/** Sessions that one script writes, so that Redis answers others in between. */
const CHUNK = 20_000;
/** Writes copies of a session under other keys of the same length, each with a TTL of its own. */
const COPY = `
local value, prefix, length, ttl = redis.call("GET", KEYS[1]), ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
for i = tonumber(ARGV[4]), tonumber(ARGV[5]) do
  local name = string.sub(redis.sha1hex(i) .. redis.sha1hex(-i), 1, length)
  redis.call("SET", prefix .. name, value, "EX", ttl + i % 3600)
end
`;

/**
 * Prepares copies of a session, which fill Redis faster than sign-ins would. No token opens them, but they take the same memory, and
 * Redis searches and expires them as it does others.
 *
 * @returns a function that writes so many more copies
 */
export async function copierOf(admin: Redis, ttl: number): Promise<(copies: number) => Promise<void>> {
  // Before there are many keys: KEYS walks all of them.
  const [key] = await admin.keys("rwt:*");
  if (key === undefined) throw new Error("there is no session to copy");
  const end = key.lastIndexOf(":") + 1;
  const [prefix, length] = [key.slice(0, end), key.length - end];
  let written = 0;
  return async (copies) => {
    for (const most = written + copies; written < most; ) {
      const to = Math.min(most, written + CHUNK);
      await admin.eval(COPY, 1, key, prefix, length, ttl, written + 1, to);
      written = to;
    }
  };
}
