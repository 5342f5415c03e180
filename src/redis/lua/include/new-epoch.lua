-- Ends the sessions of a person's present epoch. Line 2 goes with them, unless one of them stays.
local function startEpoch(key, person, epoch, keepsData)
  local lines = splitPerson(redis.call('GET', key))
  local data = ''
  if lines.data and keepsData then
    data = '\n' .. lines.data .. lines.further
  elseif lines.further ~= '' then
    data = '\n' .. lines.further
  end
  redis.call('SET', key, '1 ' .. epoch .. ' ' .. person.serial .. lines.rest .. data, 'XX', 'KEEPTTL')
end
