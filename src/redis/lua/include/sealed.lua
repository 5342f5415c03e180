-- The line that may take an encrypted one's place.
local function sealed(line, encrypted)
  -- A service without encryption must not put plain text there.
  if encrypted == '' then error('RWT_ENCRYPTED') end
  if encrypted == '=' then return line end
  return encrypted
end
