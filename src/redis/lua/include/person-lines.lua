-- Splits a person's value: `rest` follows the header on line 1, `data` is line 2 (nil if there is none), and `further` is any
-- further lines with the newline before them.
local function splitPerson(value)
  local first = string.find(value, '\n', 1, true)
  if not first then return {rest = string.sub(value, 23), data = nil, further = ''} end
  local second = string.find(value, '\n', first + 1, true) or string.len(value) + 1
  return {
    rest = string.sub(value, 23, first - 1),
    data = string.sub(value, first + 1, second - 1),
    further = string.sub(value, second)
  }
end
