-- Marks the current generation as used, which ends the previous one, or leaves it its grace.
local function markUsed(key, session, generation)
  if generation == session.generation and session.state % 2 == 0 then writeState(key, session.state + 1) end
end
