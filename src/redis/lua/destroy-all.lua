-- Ends all of a person's sessions, or all but one, by a new epoch.
-- KEYS: person, the session that stays (none to end all). ARGV: the new epoch, generation of the token that stays, service's
-- time.
-- Replies 1, or 0 where there is no person.
-- @include header
-- @include clock
-- @include older
-- @include person-lines
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
if stays then redis.call('SETRANGE', KEYS[2], 13, ARGV[1]) end
startEpoch(KEYS[1], person, ARGV[1], stays)
return 1
