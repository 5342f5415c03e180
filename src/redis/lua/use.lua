-- Records the first use of a generation, or a generation that a failover lost.
-- KEYS: session, person (none without a subject). ARGV: generation, service's time.
-- Replies 1 if it changed something, 0 if there was nothing to change, and 2 if the session has ended or has a newer
-- generation, which a replica may not know yet.
-- @include header
-- @include clock
-- @include fields
-- @include mark-used
local session = readSession(KEYS[1])
if not session or not agrees(session, KEYS[2]) then return 2 end
local generation = tonumber(ARGV[1])
if generation > session.generation then
  local clock = readClock(ARGV[2])
  writeField(KEYS[1], 25, '%05d', generation)
  writeField(KEYS[1], 33, '%010d', 0)
  writeField(KEYS[1], 44, '%010d', clock.now + 10)
  writeState(KEYS[1], 1)
  return 1
end
if generation < session.generation then return 2 end
if session.state % 2 == 1 then return 0 end
markUsed(KEYS[1], session, generation)
return 1
