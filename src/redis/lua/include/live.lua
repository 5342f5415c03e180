-- Reads the session; nil unless a token of this generation is live.
local function readLive(key, personKey, generation, serviceTime)
  local session = readSession(key)
  if not session or not agrees(session, personKey) then return nil end
  if generation < session.generation and judgeOlder(session, generation, readClock(serviceTime)) ~= 'live' then return nil end
  return session
end
