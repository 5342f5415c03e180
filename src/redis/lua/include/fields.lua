-- Writes one field of the header of a session that was found. On a missing key, SETRANGE would create one without an expiry.
local function writeField(key, offset, format, number)
  redis.call('SETRANGE', key, offset, string.format(format, number))
end

local function writeState(key, state) writeField(key, 31, '%d', state) end
