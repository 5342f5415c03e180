-- Restarts the idle time of a session that verify would call live.
-- KEYS: session, person (none without a subject). ARGV: generation, seconds to live, service's time.
-- Replies 1 or 0.
-- @include header
-- @include clock
-- @include older
-- @include fields
-- @include use
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return 0 end
local generation = tonumber(ARGV[1])
if generation < session.generation and judgeOlder(session, generation, readClock(ARGV[3])) ~= 'live' then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
markUsed(KEYS[1], session, generation)
return 1
