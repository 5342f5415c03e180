-- Replaces the data of all of a person's sessions.
-- KEYS: person. ARGV: the data's line, and the line to store instead if any of the sessions are encrypted ('' from a service
-- without the key, '=' for the same line), the state that the caller has read ('epoch serial', or '' to write in any case).
-- Replies 1; 0 if there is no person; 2 if something has changed since the caller read it.
-- @include header
-- @include person-lines
-- @include sealed
local person = readPerson(KEYS[1])
if not person then return 0 end
if ARGV[3] and ARGV[3] ~= '' and ARGV[3] ~= person.epoch .. ' ' .. person.serial then return 2 end
local serial = tonumber(person.serial) + 1
if serial > 99999999 then error('RWT_NO_ANSWER') end
local lines = splitPerson(redis.call('GET', KEYS[1]))
local data = ARGV[1]
if string.sub(lines.rest, 1, 3) == ' e1' then data = sealed(ARGV[1], ARGV[2]) end
redis.call('SET', KEYS[1], '1 ' .. person.epoch .. ' ' .. string.format('%08d', serial) .. lines.rest .. '\n' .. data
  .. lines.further, 'XX', 'KEEPTTL')
return 1
