-- Gives a hash without an expiry one.
-- KEYS: hash. ARGV: seconds to live.
-- Replies 1 where it had none.
if redis.call('TTL', KEYS[1]) ~= -1 then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[1])
