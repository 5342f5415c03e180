for i = 1, #ARGV do redis.call('EXPIRE', KEYS[i], ARGV[i]) end
return 1
