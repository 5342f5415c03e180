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
local function lengthen(key, seconds)
if redis.call('PTTL', key) < seconds * 1000 then redis.call('EXPIRE', key, seconds) end
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
local limit = tonumber(ARGV[8])
local seen = ARGV[11]
local person = readPerson(KEYS[2])
if not person and redis.call('EXISTS', KEYS[2]) == 1 then error('RWT_NO_ANSWER') end
local stored = redis.call('GET', KEYS[1])
if stored then
local own = '1 ' .. ARGV[1] .. ' ' .. string.sub(stored, 14, 24) .. ' 00000 1 0000000000 0000000000 '
.. string.sub(stored, 56, 63) .. ' 00000000' .. ARGV[6]
if stored ~= own then return {'taken'} end
if not person then return {'created', {}} end
elseif limit > 0 and person then
if redis.call('EXISTS', KEYS[3]) == 0 then
local epoch = addEpoch(person.epoch, ARGV[3])
startEpoch(KEYS[2], beginWriting(KEYS[2]), person, epoch, false)
person = {epoch = epoch, serial = person.serial}
elseif seen == '' then
if redis.call('ZCARD', KEYS[3]) >= limit then return {'full', redis.call('ZRANGE', KEYS[3], 0, limit + 999, 'WITHSCORES')} end
else
local present = redis.call('ZRANGE', KEYS[3], 0, limit + 999)
local place = 1
for i = 1, #present do
place = string.find(seen, ' ' .. present[i], place, true)
if not place then
return {'full', redis.call('ZRANGE', KEYS[3], 0, limit + 999, 'WITHSCORES')}
end
end
local live = {}
for i = 4, #KEYS do
local state = stateOf(KEYS[i], person)
if state == 'live' then live[#live + 1] = i end
if state == 'ended' or state == 'unreadable' then redis.call('ZREM', KEYS[3], ARGV[i + 8]) end
end
local excess = #live + 1 - limit
if excess > 0 and ARGV[9] == '0' then return {'limit'} end
for i = 1, excess do
redis.call('DEL', KEYS[live[i]])
redis.call('ZREM', KEYS[3], ARGV[live[i] + 8])
end
end
end
local clock = readClock(ARGV[10])
local seconds = math.max(1, tonumber(ARGV[2]) - clock.now, tonumber(ARGV[2]) - tonumber(ARGV[1]))
if not person then
person = {epoch = addEpoch(ARGV[3], clock.digits), serial = '00000000'}
redis.call('SET', KEYS[2], '1 ' .. person.epoch .. ' ' .. person.serial, 'EX', seconds)
end
if ARGV[7] == '1' and redis.call('GETRANGE', KEYS[2], 22, 24) ~= ' e1' then
local value = redis.call('GET', KEYS[2])
redis.call('SET', KEYS[2], string.sub(value, 1, 22) .. ' e1' .. string.sub(value, 23), 'XX', 'KEEPTTL')
end
if not stored then
redis.call('SET', KEYS[1], '1 ' .. ARGV[1] .. ' ' .. person.epoch .. ' 00000 1 0000000000 0000000000 ' .. person.serial
.. ' 00000000' .. ARGV[6], 'EX', ARGV[4], 'NX')
end
lengthen(KEYS[2], seconds)
lengthen(KEYS[3], seconds)
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[5])
lengthen(KEYS[3], seconds)
if redis.call('ZCARD', KEYS[3]) < 16 then return {'created', {}} end
return {'created', redis.call('ZRANDMEMBER', KEYS[3], 4)}
