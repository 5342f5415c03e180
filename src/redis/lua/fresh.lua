-- Reads sessions and persons at the primary: Redis counts a script as a write, so no proxy and no region runs it on a replica.
-- KEYS: sessions, then persons. ARGV: the seconds to live of each session; none to leave the idle timeouts alone.
-- Replies the values, with nil for a key that is missing or has another type.
for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
local values = {}
for i = 1, #KEYS do values[i] = redis.call('MGET', KEYS[i])[1] end
return values
