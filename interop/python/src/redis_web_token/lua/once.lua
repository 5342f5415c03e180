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
local ONCE = '^1 ' .. string.rep('[0-9]', 10) .. ' ' .. string.rep('[0-9]', 10) .. ' [0-9][0-9][0-9] '
.. string.rep('[A-Za-z0-9_-]', 22) .. '$'
local text = redis.call('GETRANGE', KEYS[1], 0, 49)
if not known(text, ONCE) then return false end
if string.sub(text, 29, 50) == ARGV[1] then return redis.call('GETDEL', KEYS[1]) end
local left = tonumber(string.sub(text, 25, 27))
if left == 1 then redis.call('DEL', KEYS[1]) end
if left > 1 then redis.call('SETRANGE', KEYS[1], 24, string.format('%03d', left - 1)) end
return 'wrong'
