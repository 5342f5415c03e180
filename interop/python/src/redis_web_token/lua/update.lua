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
local function readLive(key, personKey, generation, serviceTime)
local session = readSession(key)
if not session or not agrees(session, personKey) then return nil end
if generation < session.generation and judgeOlder(session, generation, readClock(serviceTime)) ~= 'live' then return nil end
return session
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
local generation = tonumber(ARGV[1])
local session = readLive(KEYS[1], KEYS[2], generation, ARGV[5])
if not session then return 0 end
local person = KEYS[2] and readPerson(KEYS[2]) or {epoch = session.epoch, serial = '00000000'}
if ARGV[4] ~= '' and ARGV[4] ~= session.revision .. ' ' .. person.epoch .. ' ' .. person.serial then return 2 end
local value = redis.call('GET', KEYS[1])
local first = string.find(value, '\n', 1, true)
local second = first and string.find(value, '\n', first + 1, true)
if not second then error('RWT_NO_ANSWER') end
local third = string.find(value, '\n', second + 1, true) or string.len(value) + 1
local present = string.sub(value, second + 1, second + 3)
if person.serial > session.serial then present = splitPerson(redis.call('GET', KEYS[2])).data or '' end
local data = ARGV[2]
if string.sub(present, 1, 3) == 'e1.' then data = sealed(ARGV[2], ARGV[3]) end
local state = session.state
if generation == session.generation and state % 2 == 0 then state = state + 1 end
local revision = string.format('%08d', (tonumber(session.revision) + 1) % 100000000)
redis.call('SET', KEYS[1], string.sub(value, 1, 31) .. string.format('%d', state) .. string.sub(value, 33, 55) .. person.serial
.. ' ' .. revision .. string.sub(value, 73, second) .. data .. string.sub(value, third), 'XX', 'KEEPTTL')
return 1
