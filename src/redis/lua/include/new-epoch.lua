-- Ends the sessions of a person's present epoch. Line 2 and the mark of encryption go with them, unless one of them stays.
-- The key is deleted first: a Redis that is full refuses SET, but not to a script that has written.
local function startEpoch(key, person, epoch, keepsData)
  local lines = splitPerson(redis.call('GET', key))
  local data = ''
  if lines.data and keepsData then
    data = '\n' .. lines.data .. lines.further
  elseif lines.further ~= '' then
    data = '\n' .. lines.further
  end
  local rest = lines.rest
  if not keepsData and string.sub(rest, 1, 3) == ' e1' then rest = string.sub(rest, 4) end
  local left = math.max(1, redis.call('PTTL', key))
  redis.call('DEL', key)
  redis.call('SET', key, '1 ' .. epoch .. ' ' .. person.serial .. rest .. data, 'PX', left)
end
