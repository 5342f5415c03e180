const READS = new Set(
  `BITCOUNT BITPOS DBSIZE ECHO EXISTS EXPIRETIME GET GETBIT GETRANGE HEXISTS HGET HGETALL HKEYS HLEN HMGET
   HSCAN HSTRLEN HVALS INFO KEYS LINDEX LLEN LPOS LRANGE MGET OBJECT PEXPIRETIME PING PTTL SCAN SCARD SISMEMBER
   SMEMBERS SMISMEMBER SSCAN STRLEN TIME TTL TYPE XLEN XRANGE XREAD XREVRANGE ZCARD ZCOUNT ZMSCORE ZRANGE
   ZRANGEBYSCORE ZRANK ZSCAN ZSCORE`.split(/\s+/),
);

export interface SyncToken {
  /** The value of `Upstash-Sync-Token`: an opaque string that changes with each write. */
  current(): string;
  /** Call it with the commands that have run. All but known reads count as writes. */
  ran(commands: string[][]): void;
}

export function createSyncToken(): SyncToken {
  let writes = Date.now();
  return {
    current: () => writes.toString(32),
    ran(commands) {
      if (commands.some(([name = ""]) => !READS.has(name.toUpperCase()))) writes += 1;
    },
  };
}
