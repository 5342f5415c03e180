-- Restarts the idle times of many sessions. It reads none: the values of large sessions would pass through Lua.
-- KEYS: the sessions. ARGV: seconds to live of each.
-- Replies 1.
for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
return 1
