-- Drops members from a person's index whose sessions are gone or of another epoch, and deletes those.
-- KEYS: person, index, sessions. ARGV: the sessions' members, in the same order.
-- Replies how many it dropped. A value that is no session of version 1 stays.
-- @include header
-- @include state-of
local person = readPerson(KEYS[1])
-- Which sessions of a person of another version have ended, only that version knows.
if not person and redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local dropped = 0
for i = 1, #ARGV do
  local state = stateOf(KEYS[i + 2], person)
  if state == 'ended' then redis.call('DEL', KEYS[i + 2]) end
  if state == 'ended' or state == 'unreadable' then
    redis.call('ZREM', KEYS[2], ARGV[i])
    dropped = dropped + 1
  end
end
return dropped
