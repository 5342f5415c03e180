-- Restarts the idle timeouts of many sessions. It doesn't read them, since large values would have to pass through Lua.
-- KEYS: the sessions. ARGV: the seconds to live of each.
-- Replies 1.
for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
return 1
