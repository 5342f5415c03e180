if not redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2], 'NX') and redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[5])
local base = string.sub(KEYS[1], 1, -1 - #ARGV[3])
for _, member in ipairs(redis.call('ZRANDMEMBER', KEYS[2], 4)) do
  if redis.call('EXISTS', base .. string.gsub(member, '^~', '')) == 0 then redis.call('ZREM', KEYS[2], member) end
end
redis.call('EXPIRE', KEYS[2], redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] - ARGV[5])
return 1
