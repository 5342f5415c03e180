-- Gives a session new data.
-- KEYS: session, person (none without a subject). ARGV: generation, the data's line, '1' where the service can read encrypted
-- lines, what the caller has read ('' or 'revision epoch serial'), service's time.
-- Replies 1; 0 where the session isn't live; 2 where something has changed since the caller read it.
-- @include header
-- @include clock
-- @include older
-- @include person-lines
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return 0 end
local generation = tonumber(ARGV[1])
if generation < session.generation and judgeOlder(session, generation, readClock(ARGV[5])) ~= 'live' then return 0 end
local person = KEYS[2] and readPerson(KEYS[2]) or {epoch = session.epoch, serial = '00000000'}
if ARGV[4] ~= '' and ARGV[4] ~= session.revision .. ' ' .. person.epoch .. ' ' .. person.serial then return 2 end
local value = redis.call('GET', KEYS[1])
local first = string.find(value, '\n', 1, true)
local second = first and string.find(value, '\n', first + 1, true)
if not second then error('RWT_NO_ANSWER') end
local third = string.find(value, '\n', second + 1, true) or string.len(value) + 1
if ARGV[3] == '0' then
  -- A service without encryption must not put plain text in the place of encrypted data, the session's or its person's.
  local data = string.sub(value, second + 1, second + 3)
  if person.serial > session.serial then data = splitPerson(redis.call('GET', KEYS[2])).data or '' end
  if string.sub(data, 1, 3) == 'e1.' then error('RWT_ENCRYPTED') end
end
local state = session.state
if generation == session.generation and state % 2 == 0 then state = state + 1 end
local revision = string.format('%08d', (tonumber(session.revision) + 1) % 100000000)
redis.call('SET', KEYS[1], string.sub(value, 1, 31) .. string.format('%d', state) .. string.sub(value, 33, 55) .. person.serial
  .. ' ' .. revision .. string.sub(value, 73, second) .. ARGV[2] .. string.sub(value, third), 'XX', 'KEEPTTL')
return 1
