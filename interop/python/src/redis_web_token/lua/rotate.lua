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
local function writeField(key, offset, format, number)
redis.call('SETRANGE', key, offset, string.format(format, number))
end
local function writeState(key, state) writeField(key, 31, '%d', state) end
local function sealed(line, encrypted)
if encrypted == '' then error('RWT_ENCRYPTED') end
if encrypted == '=' then return line end
return encrypted
end
local function stamp(key, generation, again, seconds, line, encrypted)
local value = redis.call('GET', key)
local first = string.find(value, '\n', 1, true)
local second = first and string.find(value, '\n', first + 1, true)
if not second then error('RWT_NO_ANSWER') end
local third = string.find(value, '\n', second + 1, true) or string.len(value) + 1
local fourth = string.find(value, '\n', third + 1, true) or string.len(value) + 1
if string.sub(value, first + 1, first + 3) == 'e1.' or string.sub(value, third + 1, third + 3) == 'e1.' then
line = sealed(line, encrypted)
end
redis.call('EXPIRE', key, seconds)
redis.call('SET', key, string.sub(value, 1, 25) .. string.format('%05d', generation) .. ' 2 0000000000 '
.. string.format('%010d', again) .. string.sub(value, 55, third - 1) .. '\n' .. line .. string.sub(value, fourth), 'XX', 'KEEPTTL')
end
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return {'ended'} end
local generation = tonumber(ARGV[1])
local clock = readClock(ARGV[5])
local mayRetry = ARGV[3] == '1'
if generation < session.generation then
local verdict = judgeOlder(session, generation, clock)
if verdict == 'reuse' then
local value = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return {'reuse', value}
end
local isRetry = verdict == 'live'
or (generation == session.generation - 1 and session.state < 2 and clock.now < session.again)
if not mayRetry or not isRetry then return {'late'} end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {'rotated', session.generation}
end
if generation >= 65535 then return {'limit'} end
if ARGV[6] then
stamp(KEYS[1], generation + 1, clock.now + 10, ARGV[4], ARGV[6], ARGV[7])
return {'rotated', generation + 1}
end
local grace = mayRetry and tonumber(ARGV[2]) or 0
redis.call('EXPIRE', KEYS[1], ARGV[4])
writeField(KEYS[1], 25, '%05d', generation + 1)
writeState(KEYS[1], mayRetry and 0 or 2)
writeField(KEYS[1], 33, '%010d', mayRetry and clock.now + grace or 0)
writeField(KEYS[1], 44, '%010d', clock.now + math.max(10, grace + 2))
return {'rotated', generation + 1}
