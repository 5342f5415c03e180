import type { Backend } from "./backend.ts";
import type { RedisConnection } from "./redis-connection.ts";

const READS = new Set(
  `BITCOUNT BITPOS DBSIZE ECHO EXISTS EXPIRETIME GET GETBIT GETRANGE HEXISTS HGET HGETALL HKEYS HLEN HMGET
   HSCAN HSTRLEN HVALS INFO KEYS LINDEX LLEN LPOS LRANGE MGET OBJECT PEXPIRETIME PING PTTL SCAN SCARD SISMEMBER
   SMEMBERS SMISMEMBER SSCAN STRLEN TIME TTL TYPE XLEN XRANGE XREAD XREVRANGE ZCARD ZCOUNT ZMSCORE ZRANGE
   ZRANGEBYSCORE ZRANK ZSCAN ZSCORE`.split(/\s+/),
);

/** One Redis, which answers everything. Its sync token changes with each command that isn't known as a read. */
export function oneServer({
  send,
  sendTransaction,
}: Pick<RedisConnection, "send" | "sendTransaction">): Backend {
  let writes = Date.now();
  const ran = ([name = ""]: string[]): void => {
    if (!READS.has(name.toUpperCase())) writes++;
  };
  const visit = {
    send(command: string[]) {
      ran(command);
      return send(command);
    },
    sendTransaction(commands: string[][]) {
      commands.forEach(ran);
      return sendTransaction(commands);
    },
    token: () => writes.toString(32),
  };
  return () => visit;
}
