local SESSION = '^1 ' .. string.rep('[0-9]', 10) .. ' ' .. string.rep('[A-Za-z0-9_-]', 11) .. ' ' .. string.rep('[0-9]', 5)
.. ' [0-9] ' .. string.rep('[0-9]', 10) .. ' ' .. string.rep('[0-9]', 10) .. ' ' .. string.rep('[0-9]', 8) .. ' '
.. string.rep('[0-9]', 8) .. '$'
local PERSON = '^1 ' .. string.rep('[A-Za-z0-9_-]', 11) .. ' ' .. string.rep('[0-9]', 8) .. '$'
local function known(text, shape)
if string.match(text, shape) then return true end
if text == '' or (string.match(text, '^[0-9]+ ') and string.sub(text, 1, 2) ~= '1 ') then return false end
error('RWT_NO_ANSWER')
end
local function readSession(key)
local text = redis.call('GETRANGE', key, 0, 71)
if not known(text, SESSION) then return nil end
return {
epoch = string.sub(text, 14, 24),
generation = tonumber(string.sub(text, 26, 30)),
state = tonumber(string.sub(text, 32, 32)),
graceEnd = tonumber(string.sub(text, 34, 43)),
again = tonumber(string.sub(text, 45, 54)),
serial = string.sub(text, 56, 63),
revision = string.sub(text, 65, 72)
}
end
local function readPerson(key)
local text = redis.call('GETRANGE', key, 0, 21)
if not known(text, PERSON) then return nil end
return {epoch = string.sub(text, 3, 13), serial = string.sub(text, 15, 22)}
end
local function agrees(session, personKey)
if (session.epoch == '-----------') ~= (personKey == nil) then return false end
if not personKey then return true end
local person = readPerson(personKey)
return person ~= nil and person.epoch == session.epoch
end
local function splitPerson(value)
local first = string.find(value, '\n', 1, true)
if not first then return {rest = string.sub(value, 23), data = nil, further = ''} end
local second = string.find(value, '\n', first + 1, true) or string.len(value) + 1
return {
rest = string.sub(value, 23, first - 1),
data = string.sub(value, first + 1, second - 1),
further = string.sub(value, second)
}
end
local function sealed(line, encrypted)
if encrypted == '' then error('RWT_ENCRYPTED') end
if encrypted == '=' then return line end
return encrypted
end
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
