-- Stores a new session of a person, and its name in the person's index.
-- KEYS: session, person, index, and the sessions that count against the limit, oldest first. ARGV: iat (10 digits), deadline,
-- a random epoch, seconds to live, member of the index, the session's further lines with the newline before them, '1' if these
-- are encrypted, the limit (0 for none), '1' to end the oldest sessions at the limit, service's time, the members that the
-- caller knows, each behind a blank (none at first), and the members of the sessions that count.
-- Replies {'created', index members to run clean.lua with}, {'taken'} if the key holds something else, {'full', the index's members
-- alternating with their deadlines} if the caller has to name the sessions that count, or {'limit'}.
-- @include header
-- @include clock
-- @include lengthen
-- @include person-lines
-- @include epoch
-- @include new-epoch
-- @include state-of
local limit = tonumber(ARGV[8])
local seen = ARGV[11]
local person = readPerson(KEYS[2])
if not person and redis.call('EXISTS', KEYS[2]) == 1 then error('RWT_NO_ANSWER') end
local stored = redis.call('GET', KEYS[1])
if stored then
  -- A retry finds its own value, which may have another epoch and serial by now.
  local own = '1 ' .. ARGV[1] .. ' ' .. string.sub(stored, 14, 24) .. ' 00000 1 0000000000 0000000000 '
    .. string.sub(stored, 56, 63) .. ' 00000000' .. ARGV[6]
  if stored ~= own then return {'taken'} end
  -- Its person is gone meanwhile, so the session has ended.
  if not person then return {'created', {}} end
elseif limit > 0 and person then
  if redis.call('EXISTS', KEYS[3]) == 0 then
    -- The index was lost, and with it the count. A new epoch ends all sessions, since the loss must not lift the limit.
    local epoch = addEpoch(person.epoch, ARGV[3])
    startEpoch(KEYS[2], beginWriting(KEYS[2]), person, epoch, false)
    person = {epoch = epoch, serial = person.serial}
  elseif seen == '' then
    if redis.call('ZCARD', KEYS[3]) >= limit then return {'full', redis.call('ZRANGE', KEYS[3], 0, limit + 999, 'WITHSCORES')} end
  else
    -- Others may have signed in since the caller asked: these sessions count too, and it has to name them.
    local present = redis.call('ZRANGE', KEYS[3], 0, limit + 999)
    -- Both are in the index's order, so each is looked for behind the one before.
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
-- Marks a person with encrypted sessions, so that a service without encryption doesn't give them plain data.
if ARGV[7] == '1' and redis.call('GETRANGE', KEYS[2], 22, 24) ~= ' e1' then
  local value = redis.call('GET', KEYS[2])
  redis.call('SET', KEYS[2], string.sub(value, 1, 22) .. ' e1' .. string.sub(value, 23), 'XX', 'KEEPTTL')
end
if not stored then
  redis.call('SET', KEYS[1], '1 ' .. ARGV[1] .. ' ' .. person.epoch .. ' 00000 1 0000000000 0000000000 ' .. person.serial
    .. ' 00000000' .. ARGV[6], 'EX', ARGV[4], 'NX')
end
-- Comes after the session's SET: a full Redis refuses SET only as a script's first write, and never refuses EXPIRE.
lengthen(KEYS[2], seconds)
-- The first call fails if EXPIRE isn't allowed, before ZADD creates an index that would never expire.
lengthen(KEYS[3], seconds)
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[5])
lengthen(KEYS[3], seconds)
if redis.call('ZCARD', KEYS[3]) < 16 then return {'created', {}} end
return {'created', redis.call('ZRANDMEMBER', KEYS[3], 4)}
