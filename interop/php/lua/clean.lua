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
local person = readPerson(KEYS[1])
if not person and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local dropped = 0
for i = 1, #ARGV do
local text = redis.call('GETRANGE', KEYS[i + 2], 0, 71)
local isSession = string.match(text, SESSION) ~= nil
local isLive = isSession and person ~= nil and string.sub(text, 14, 24) == person.epoch
if text == '' or (isSession and not isLive) then
redis.call('DEL', KEYS[i + 2])
redis.call('ZREM', KEYS[2], ARGV[i])
dropped = dropped + 1
end
end
return dropped
