-- Raises a key's time to live to at least `seconds`.
local function lengthen(key, seconds)
  if redis.call('PTTL', key) < seconds * 1000 then redis.call('EXPIRE', key, seconds) end
end
