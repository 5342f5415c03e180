return redis.call('HGET', KEYS[1], 'rwt:upgraded') or redis.call('DEL', KEYS[1])
