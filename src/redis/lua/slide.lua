-- Reads many sessions and persons, and restarts the sessions' idle times.
-- KEYS: the sessions, then their persons. ARGV: seconds to live of each session.
-- Replies what MGET does.
for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
return redis.call('MGET', unpack(KEYS))
