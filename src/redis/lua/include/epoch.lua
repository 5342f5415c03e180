local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

-- Adds an epoch or other digits to an epoch, digit by digit. The next epoch depends on the current one, so that a command that a
-- client resends after a lost reply starts yet another epoch, and never brings back an ended one.
local function addEpoch(epoch, more)
  local sum = ''
  for i = 1, 11 do
    local digit = string.find(DIGITS, string.sub(epoch, i, i), 1, true) + string.find(DIGITS, string.sub(more, i, i), 1, true) - 2
    sum = sum .. string.sub(DIGITS, digit % 64 + 1, digit % 64 + 1)
  end
  return sum
end
