-- Ends all of a person's sessions, or all but one, by starting a new epoch.
-- KEYS: person, the session to keep (none to end all). ARGV: a random epoch, generation of the kept session's token, service's
-- time.
-- Replies 1, or 0 if there is no person.
-- @include header
-- @include clock
-- @include judge-older
-- @include person-lines
-- @include epoch
-- @include new-epoch
local person = readPerson(KEYS[1])
if not person then return 0 end
local stays = false
if KEYS[2] then
  local session = readSession(KEYS[2])
  if session and session.epoch == person.epoch then
    local generation = tonumber(ARGV[2])
    stays = generation >= session.generation or judgeOlder(session, generation, readClock(ARGV[3])) == 'live'
  end
end
local epoch = addEpoch(person.epoch, ARGV[1])
local value = beginWriting(KEYS[1])
-- Writes the same value first, so that a service without the right to do so fails before anything has changed.
if stays then redis.call('SETRANGE', KEYS[2], 13, person.epoch) end
startEpoch(KEYS[1], value, person, epoch, stays)
if stays then redis.call('SETRANGE', KEYS[2], 13, epoch) end
return 1
