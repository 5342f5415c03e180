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
local function stateOf(key, person)
local ok, text = pcall(redis.call, 'GETRANGE', key, 0, 71)
if not ok then return 'unreadable' end
if text == '' then return 'ended' end
if string.match(text, SESSION) then
if person ~= nil and string.sub(text, 14, 24) == person.epoch then return 'live' end
return 'ended'
end
if string.match(text, '^[0-9]+ ') and string.sub(text, 1, 2) ~= '1 ' then return 'foreign' end
return 'unreadable'
end
local person = readPerson(KEYS[1])
if not person and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local dropped = 0
for i = 1, #ARGV do
local state = stateOf(KEYS[i + 2], person)
if state == 'ended' then redis.call('DEL', KEYS[i + 2]) end
if state == 'ended' or state == 'unreadable' then
redis.call('ZREM', KEYS[2], ARGV[i])
dropped = dropped + 1
end
end
return dropped
