-- Takes a subject's one-time token or code away if the proof is right. A wrong guess of a code counts, and the last one ends it.
-- A token that a newer one has replaced has a wrong proof too, but its value counts nothing.
-- KEYS: token or code. ARGV: proof, which is a keyed hash, so the time that comparing takes tells nothing about a code.
-- Replies the value; 'wrong' if the proof is wrong; nil if there is none.
-- @include header
local ONCE = '^1 ' .. string.rep('[0-9]', 10) .. ' ' .. string.rep('[0-9]', 10) .. ' [0-9][0-9][0-9] '
  .. string.rep('[A-Za-z0-9_-]', 22) .. '$'
local text = redis.call('GETRANGE', KEYS[1], 0, 49)
if not known(text, ONCE) then return false end
if string.sub(text, 29, 50) == ARGV[1] then return redis.call('GETDEL', KEYS[1]) end
local left = tonumber(string.sub(text, 25, 27))
if left == 1 then redis.call('DEL', KEYS[1]) end
if left > 1 then redis.call('SETRANGE', KEYS[1], 24, string.format('%03d', left - 1)) end
return 'wrong'
