-- Reads the person's value by GETEX, a write that changes nothing: a full Redis refuses commands that need memory, except in a
-- script that has already written.
local function beginWriting(key) return redis.call('GETEX', key, 'PX', math.max(1, redis.call('PTTL', key))) end

-- Ends the sessions of a person's current epoch. Removes line 2 and the mark of encryption too, unless a session is kept.
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
