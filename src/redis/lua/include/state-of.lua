-- What a member of a person's index is: 'live', 'ended', 'foreign' (of another version, which only that one knows) or
-- 'unreadable' (something else in the session's place).
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
