-- Removes the hash of an old token, unless it was exchanged.
-- KEYS: hash.
-- Replies the new token's body, or whether there was a hash.
return redis.call('HGET', KEYS[1], 'rwt:upgraded') or redis.call('DEL', KEYS[1])
