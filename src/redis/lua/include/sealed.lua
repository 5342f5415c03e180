-- Returns the line that may replace an encrypted one.
local function sealed(line, encrypted)
  -- A service without encryption must not replace it by plain text.
  if encrypted == '' then error('RWT_ENCRYPTED') end
  if encrypted == '=' then return line end
  return encrypted
end
