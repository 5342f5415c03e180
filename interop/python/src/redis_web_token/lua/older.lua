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
local function readClock(serviceTime)
local ok, time = pcall(redis.call, 'TIME')
if ok and tonumber(time[1]) > 0 then
return {now = tonumber(time[1]), sure = true, digits = string.format('%010d', tonumber(time[1]) % 10000 * 1000000 + tonumber(time[2])) .. 'A'}
end
return {now = tonumber(serviceTime), sure = false, digits = 'AAAAAAAAAAA'}
end
local function judgeOlder(session, generation, clock)
local isUnused = session.state % 2 == 0
local diedAtOnce = session.state >= 2
if generation == session.generation - 1 and ((isUnused and not diedAtOnce) or clock.now < session.graceEnd) then
return 'live'
end
if not clock.sure or (session.generation - generation <= 8 and clock.now < session.again) then return 'late' end
return 'reuse'
end
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return 'ended' end
local generation = tonumber(ARGV[1])
if generation >= session.generation then return 'live' end
local verdict = judgeOlder(session, generation, readClock(ARGV[2]))
if verdict == 'reuse' then redis.call('DEL', KEYS[1]) end
return verdict
