-- Reads the hash of an old library's token. A hash without an expiry gets one. With '1', the idle timeout restarts, unless the
-- token was exchanged.
-- KEYS: hash. ARGV: seconds to live, '1' to slide.
-- Replies 'h' and the fields as JSON: the 'h' keeps clients from parsing the reply. Nil if there is no hash.
local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then return false end
local exchanged = redis.call('HEXISTS', KEYS[1], 'rwt:upgraded') == 1
if redis.call('TTL', KEYS[1]) < 0 or (ARGV[2] == '1' and not exchanged) then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return 'h' .. cjson.encode(fields)
