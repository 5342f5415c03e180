local base = ARGV[1]
local function session(lookup) return base .. 's:' .. lookup end
local taken, ended = 0, 0
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then
  taken = 1
  if redis.call('EXISTS', KEYS[1]) == 1 then
    redis.call('RENAME', KEYS[1], KEYS[2])
    local life = redis.call('TTL', KEYS[2])
    local function keep(member)
      local score = redis.call('ZSCORE', KEYS[2], member)
      if not score then return end
      redis.call('ZREM', KEYS[2], member)
      redis.call('ZADD', KEYS[1], score, member)
      redis.call('EXPIRE', KEYS[1], math.max(life, 1))
    end
    local kept = ARGV[4]
    while kept and kept ~= '' do
      keep(kept)
      keep('~' .. kept)
      for copy in string.gmatch(string.match(redis.call('GET', session(kept)) or '', '^{"old":"([^"]*)"') or '', '%S+') do keep('~' .. copy) end
      local mark = redis.call('GET', base .. 'r:' .. kept)
      kept = mark and string.match(mark, '^%d+ %d+ (%S+)')
    end
  end
end
local members = redis.call('ZPOPMIN', KEYS[2], ARGV[2])
for i = 1, #members, 2 do
  local member = string.gsub(members[i], '^~', '')
  local gone = redis.call('DEL', session(member))
  if member == members[i] then ended = ended + gone end
end
return taken .. ' ' .. ended .. ' ' .. redis.call('ZCARD', KEYS[2])
