-- Writes one field of a header whose session was found: SETRANGE would create a missing key without an expiry.
local function writeField(key, offset, format, number)
  redis.call('SETRANGE', key, offset, string.format(format, number))
end

local function writeState(key, state) writeField(key, 31, '%d', state) end
