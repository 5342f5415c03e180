-- Makes the next generation the current one.
-- KEYS: session, person (none without a subject). ARGV: generation, seconds of grace, '1' if a retry gets the same successor or
-- '0' if only the current generation may rotate and ends at once, seconds to live, service's time, and to replace line 4 (with
-- '0' only): the line, and the line to store instead if the session is encrypted ('' from a service without the key, '=' for the
-- same line).
-- Replies {'rotated', generation}, or {'reuse', the session's value}, {'late'}, {'ended'}, {'limit'}.
-- @include header
-- @include clock
-- @include judge-older
-- @include fields
-- @include sealed
-- @include stamp
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
