-- Replaces line 4, and makes the next generation the current one, which ends the previous one at once: one SET, so that an
-- error leaves token and line as they were.
local function stamp(key, generation, again, seconds, line, encrypted)
  local value = redis.call('GET', key)
  local first = string.find(value, '\n', 1, true)
  local second = first and string.find(value, '\n', first + 1, true)
  if not second then error('RWT_NO_ANSWER') end
  local third = string.find(value, '\n', second + 1, true) or string.len(value) + 1
  local fourth = string.find(value, '\n', third + 1, true) or string.len(value) + 1
  if string.sub(value, first + 1, first + 3) == 'e1.' or string.sub(value, third + 1, third + 3) == 'e1.' then
    line = sealed(line, encrypted)
  end
  -- First, since a full Redis refuses SET only as a script's first write, and never refuses EXPIRE.
  redis.call('EXPIRE', key, seconds)
  redis.call('SET', key, string.sub(value, 1, 25) .. string.format('%05d', generation) .. ' 2 0000000000 '
    .. string.format('%010d', again) .. string.sub(value, 55, third - 1) .. '\n' .. line .. string.sub(value, fourth), 'XX', 'KEEPTTL')
end
