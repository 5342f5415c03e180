local DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

-- Adds an epoch or other digits to an epoch, digit by digit. So the next epoch depends on the present one: a command that a
-- client sends again after a lost reply starts another epoch, and never brings back one that has ended.
local function addEpoch(epoch, more)
  local sum = ''
  for i = 1, 11 do
    local digit = string.find(DIGITS, string.sub(epoch, i, i), 1, true) + string.find(DIGITS, string.sub(more, i, i), 1, true) - 2
    sum = sum .. string.sub(DIGITS, digit % 64 + 1, digit % 64 + 1)
  end
  return sum
end
