local base = string.match(KEYS[1], '^(.*{%x%x%x%x}:)')
local function session(lookup) return base .. 's:' .. lookup end
local function present(lookup)
  local mark = redis.call('GET', base .. 'r:' .. lookup)
  return mark and redis.call('GET', base .. 'f:' .. string.match(mark, '(%S+)$'))
end
local function copies(value) return string.gmatch(string.match(value, '^{"old":"([^"]*)"') or '', '%S+') end
local function finish(lookup)
  local value = redis.call('GET', session(lookup))
  if not value then return 0 end
  for copy in copies(value) do redis.call('DEL', session(copy)) end
  return redis.call('DEL', session(lookup))
end
local taken, ended = 0, 0
if ARGV[2] == '1' and redis.call('EXISTS', KEYS[2]) == 0 then
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
    local own = present(ARGV[3]) or ARGV[3]
    keep(own)
    for copy in copies(redis.call('GET', session(own)) or '') do keep('~' .. copy) end
  end
end
local members = redis.call('ZPOPMIN', KEYS[2], ARGV[1])
for i = 1, #members, 2 do
  if string.sub(members[i], 1, 1) == '~' then
    redis.call('DEL', session(string.sub(members[i], 2)))
  else
    ended = ended + finish(members[i])
  end
end
return taken .. ' ' .. ended .. ' ' .. redis.call('ZCARD', KEYS[2])
