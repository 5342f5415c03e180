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
local session = readSession(KEYS[1])
local isLive = session ~= nil and agrees(session, KEYS[2])
if session and (isLive or ARGV[2] == '1') then
redis.call('DEL', KEYS[1])
if KEYS[3] then redis.call('ZREM', KEYS[3], ARGV[1]) end
end
return isLive and 1 or 0
