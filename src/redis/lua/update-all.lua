-- Gives all of a person's sessions new data.
-- KEYS: person. ARGV: the data's line, '1' where the service can read encrypted lines.
-- Replies 1, or 0 where there is no person.
-- @include header
-- @include person-lines
local person = readPerson(KEYS[1])
if not person then return 0 end
local serial = tonumber(person.serial) + 1
if serial > 99999999 then error('RWT_NO_ANSWER') end
local lines = splitPerson(redis.call('GET', KEYS[1]))
-- Someone's sessions are encrypted: a service without encryption must not put plain text in their place.
if ARGV[2] == '0' and string.sub(lines.rest, 1, 3) == ' e1' then error('RWT_ENCRYPTED') end
redis.call('SET', KEYS[1], '1 ' .. person.epoch .. ' ' .. string.format('%08d', serial) .. lines.rest .. '\n' .. ARGV[1]
  .. lines.further, 'XX', 'KEEPTTL')
return 1
