-- Restarts a live session's idle timeout.
-- KEYS: session, person (none without a subject). ARGV: generation, seconds to live, service's time.
-- Replies 1, or 0 if the session isn't live.
-- @include header
-- @include clock
-- @include judge-older
-- @include live
-- @include fields
-- @include mark-used
local generation = tonumber(ARGV[1])
local session = readLive(KEYS[1], KEYS[2], generation, ARGV[3])
if not session then return 0 end
redis.call('EXPIRE', KEYS[1], ARGV[2])
markUsed(KEYS[1], session, generation)
return 1
