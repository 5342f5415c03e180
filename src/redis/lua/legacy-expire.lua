-- Gives a hash an expiry if it has none.
-- KEYS: hash. ARGV: seconds to live.
-- Replies 1 if it had none, else 0.
if redis.call('TTL', KEYS[1]) ~= -1 then return 0 end
return redis.call('EXPIRE', KEYS[1], ARGV[1])
