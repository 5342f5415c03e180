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
local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
local function addEpoch(epoch, more)
local sum = ''
for i = 1, 11 do
local digit = string.find(DIGITS, string.sub(epoch, i, i), 1, true) + string.find(DIGITS, string.sub(more, i, i), 1, true) - 2
sum = sum .. string.sub(DIGITS, digit % 64 + 1, digit % 64 + 1)
end
return sum
end
local function beginWriting(key) return redis.call('GETEX', key, 'PX', math.max(1, redis.call('PTTL', key))) end
local function startEpoch(key, value, person, epoch, keepsData)
local lines = splitPerson(value)
local data = ''
if lines.data and keepsData then
data = '\n' .. lines.data .. lines.further
elseif lines.further ~= '' then
data = '\n' .. lines.further
end
local rest = lines.rest
if not keepsData and string.sub(rest, 1, 3) == ' e1' then rest = string.sub(rest, 4) end
redis.call('SET', key, '1 ' .. epoch .. ' ' .. person.serial .. rest .. data, 'XX', 'KEEPTTL')
end
local person = readPerson(KEYS[1])
if not person then return 0 end
local stays = false
if KEYS[2] then
local session = readSession(KEYS[2])
if session and session.epoch == person.epoch then
local generation = tonumber(ARGV[2])
stays = generation >= session.generation or judgeOlder(session, generation, readClock(ARGV[3])) == 'live'
end
end
local epoch = addEpoch(person.epoch, ARGV[1])
local value = beginWriting(KEYS[1])
if stays then redis.call('SETRANGE', KEYS[2], 13, person.epoch) end
startEpoch(KEYS[1], value, person, epoch, stays)
if stays then redis.call('SETRANGE', KEYS[2], 13, epoch) end
return 1
