-- Removes members from a person's index whose sessions are gone or have another epoch, and deletes those sessions.
-- KEYS: person, index, sessions. ARGV: the sessions' members, in the same order.
-- Replies how many members it removed. A value that isn't a session of version 1 is not deleted.
-- @include header
-- @include state-of
local person = readPerson(KEYS[1])
-- If the person's value has another version, only that version knows which sessions have ended.
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
