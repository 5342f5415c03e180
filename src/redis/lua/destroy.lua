-- Ends a session, by a token of any generation.
-- KEYS: session, and with a subject person, index. ARGV: member of the index, '1' to remove the session even if a new epoch
-- of its person has ended it before.
-- Replies 1 if it was live, else 0.
-- @include header
local session = readSession(KEYS[1])
local isLive = session ~= nil and agrees(session, KEYS[2])
if session and (isLive or ARGV[2] == '1') then
  redis.call('DEL', KEYS[1])
  if KEYS[3] then redis.call('ZREM', KEYS[3], ARGV[1]) end
end
return isLive and 1 or 0
