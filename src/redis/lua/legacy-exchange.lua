-- Records the new token that an old one was exchanged for, and shortens the old one's time to live.
-- KEYS: hash. ARGV: the new token's body, seconds of grace.
-- Replies the recorded body: another request's, if that came first; nil if there is no hash.
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
redis.call('HSETNX', KEYS[1], 'rwt:upgraded', ARGV[1])
local ttl = redis.call('TTL', KEYS[1])
if ttl < 0 or ttl > tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return redis.call('HGET', KEYS[1], 'rwt:upgraded')
