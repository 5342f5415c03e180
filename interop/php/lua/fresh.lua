for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
local values = {}
for i = 1, #KEYS do values[i] = redis.call('MGET', KEYS[i])[1] end
return values
