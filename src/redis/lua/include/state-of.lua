-- The state of a session in a person's index: 'live', 'ended', 'foreign' (another version, which only that version can judge)
-- or 'unreadable' (the key holds something else).
local function stateOf(key, person)
  local ok, text = pcall(redis.call, 'GETRANGE', key, 0, 71)
  if not ok then return 'unreadable' end
  if text == '' then return 'ended' end
  if string.match(text, SESSION) then
    if person ~= nil and string.sub(text, 14, 24) == person.epoch then return 'live' end
    return 'ended'
  end
  if string.match(text, '^[0-9]+ ') and string.sub(text, 1, 2) ~= '1 ' then return 'foreign' end
  return 'unreadable'
end
