-- Removes the hash of an old token, unless it was exchanged.
-- KEYS: hash.
-- Replies the new token's body if it was exchanged, else 1, or 0 if there was no hash.
return redis.call('HGET', KEYS[1], 'rwt:upgraded') or redis.call('DEL', KEYS[1])
