-- Judges a token whose generation is older than its session's. Reuse ends the session.
-- KEYS: session, person (none without a subject). ARGV: generation, service's time.
-- Replies 'live', 'late', 'reuse' or 'ended'.
-- @include header
-- @include clock
-- @include judge-older
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return 'ended' end
local generation = tonumber(ARGV[1])
if generation >= session.generation then return 'live' end
local verdict = judgeOlder(session, generation, readClock(ARGV[2]))
if verdict == 'reuse' then redis.call('DEL', KEYS[1]) end
return verdict
