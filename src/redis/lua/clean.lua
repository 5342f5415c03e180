-- Drops members from a person's index whose sessions are gone or of another epoch, and deletes those.
-- KEYS: person, index, sessions. ARGV: the sessions' members, in the same order.
-- Replies how many it dropped.
-- @include header
local person = readPerson(KEYS[1])
local dropped = 0
for i = 1, #ARGV do
  local session = readSession(KEYS[i + 2])
  local isPresent = session and person and session.epoch == person.epoch
  -- A value of another version stays, and so does its member.
  local isForeign = not session and redis.call('EXISTS', KEYS[i + 2]) == 1
  if not isPresent and not isForeign then
    redis.call('DEL', KEYS[i + 2])
    redis.call('ZREM', KEYS[2], ARGV[i])
    dropped = dropped + 1
  end
end
return dropped
