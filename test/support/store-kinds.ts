import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import type { RedisStoreOptions } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import type { RestServer } from "../doubles/rest-server/server.ts";
import { atEnd } from "./at-end.ts";

/** A store with one of the clients. */
export interface StoreKind {
  readonly name: string;
  /** Opens a store, which is closed after the test file. */
  open(options?: RedisStoreOptions): TokenStore;
}

/** All stores that talk to Redis, each with a client of its own and with a client of the caller's. */
export function storeKinds(
  redis: Pick<RedisServer, "url">,
  rest: Pick<RestServer, "url" | "token">,
): readonly StoreKind[] {
  const { url, token } = rest;
  const opened: (() => unknown)[] = [];
  atEnd(async () => {
    for (const close of opened) await close();
  });
  const closing = (store: TokenStore): TokenStore => {
    opened.push(() => store.disconnect());
    return store;
  };
  return [
    { name: "upstash", open: (options) => closing(upstashStore({ url, token }, options)) },
    {
      name: "upstash, the caller's client",
      open: (options) =>
        closing(upstashStore(new UpstashRedis({ url, token, retry: { retries: 0 } }), options)),
    },
    { name: "ioredis", open: (options) => closing(ioredisStore(redis.url, options)) },
    {
      name: "ioredis, the caller's client",
      open(options) {
        // ioredis waits up to 2 s between attempts to reconnect by default, longer than these tests take.
        const client = new Redis(redis.url, { retryStrategy: () => 100 });
        client.on("error", () => {});
        opened.push(() => client.disconnect());
        return closing(ioredisStore(client, options));
      },
    },
    { name: "node-redis", open: (options) => closing(nodeRedisStore(redis.url, options)) },
    {
      name: "node-redis, the caller's client",
      open(options) {
        const client = createClient({ url: redis.url, socket: { reconnectStrategy: 100 } });
        client.on("error", () => {});
        opened.push(() => client.isOpen && client.destroy());
        return closing(nodeRedisStore(client, options));
      },
    },
  ];
}
