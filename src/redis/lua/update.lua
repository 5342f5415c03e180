-- Replaces a session's data.
-- KEYS: session, person (none without a subject). ARGV: generation, the data's line, the line to store instead if the current
-- data is encrypted ('' from a service without the key, '=' for the same line), the state that the caller has read ('revision
-- epoch serial', or '' to write in any case), service's time.
-- Replies 1; 0 if the session isn't live; 2 if something has changed since the caller read it.
-- @include header
-- @include clock
-- @include judge-older
-- @include live
-- @include person-lines
-- @include sealed
local generation = tonumber(ARGV[1])
local session = readLive(KEYS[1], KEYS[2], generation, ARGV[5])
if not session then return 0 end
local person = KEYS[2] and readPerson(KEYS[2]) or {epoch = session.epoch, serial = '00000000'}
if ARGV[4] ~= '' and ARGV[4] ~= session.revision .. ' ' .. person.epoch .. ' ' .. person.serial then return 2 end
local value = redis.call('GET', KEYS[1])
local first = string.find(value, '\n', 1, true)
local second = first and string.find(value, '\n', first + 1, true)
if not second then error('RWT_NO_ANSWER') end
local third = string.find(value, '\n', second + 1, true) or string.len(value) + 1
local present = string.sub(value, second + 1, second + 3)
if person.serial > session.serial then present = splitPerson(redis.call('GET', KEYS[2])).data or '' end
local data = ARGV[2]
if string.sub(present, 1, 3) == 'e1.' then data = sealed(ARGV[2], ARGV[3]) end
local state = session.state
if generation == session.generation and state % 2 == 0 then state = state + 1 end
local revision = string.format('%08d', (tonumber(session.revision) + 1) % 100000000)
redis.call('SET', KEYS[1], string.sub(value, 1, 31) .. string.format('%d', state) .. string.sub(value, 33, 55) .. person.serial
  .. ' ' .. revision .. string.sub(value, 73, second) .. data .. string.sub(value, third), 'XX', 'KEEPTTL')
return 1
