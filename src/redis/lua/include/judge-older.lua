-- Judges an older generation of a live session: 'live', 'late' (a straggler) or 'reuse'. Only Redis's clock can make it
-- 'reuse', so that a difference between two services' clocks never ends a session.
local function judgeOlder(session, generation, clock)
  local isUnused = session.state % 2 == 0
  local diedAtOnce = session.state >= 2
  if generation == session.generation - 1 and ((isUnused and not diedAtOnce) or clock.now < session.graceEnd) then
    return 'live'
  end
  if not clock.sure or (session.generation - generation <= 8 and clock.now < session.again) then return 'late' end
  return 'reuse'
end
