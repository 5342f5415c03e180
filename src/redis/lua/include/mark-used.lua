-- Notes that the present generation is in use, which ends the life of the one before.
local function markUsed(key, session, generation)
  if generation == session.generation and session.state % 2 == 0 then writeState(key, session.state + 1) end
end
