-- Gives a key at least so many seconds to live.
local function lengthen(key, seconds)
  if redis.call('PTTL', key) < seconds * 1000 then redis.call('EXPIRE', key, seconds) end
end
