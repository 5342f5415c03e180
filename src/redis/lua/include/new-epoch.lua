-- The person's value, read by a command that also writes, and changes nothing. A Redis that is full refuses a command that adds
-- something, but not in a script that has written.
local function beginWriting(key) return redis.call('GETEX', key, 'PX', math.max(1, redis.call('PTTL', key))) end

-- Ends the sessions of a person's present epoch. Line 2 and the mark of encryption go with them, unless one of them stays.
local function startEpoch(key, value, person, epoch, keepsData)
  local lines = splitPerson(value)
  local data = ''
  if lines.data and keepsData then
    data = '\n' .. lines.data .. lines.further
  elseif lines.further ~= '' then
    data = '\n' .. lines.further
  end
  local rest = lines.rest
  if not keepsData and string.sub(rest, 1, 3) == ' e1' then rest = string.sub(rest, 4) end
  redis.call('SET', key, '1 ' .. epoch .. ' ' .. person.serial .. rest .. data, 'XX', 'KEEPTTL')
end
