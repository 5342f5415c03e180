/**
 * Sessions in Redis over TCP, through the client that Bun has built in.
 *
 * @module
 */
import { ClientMissingError } from "../errors.ts";
import { typeError } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { RedisConnection } from "../redis/connection.ts";
import { redisStore } from "../redis/redis-store.ts";
import { readTcpOptions, refuseReplicas, type TcpStoreOptions, withReplicas } from "../redis/replicas.ts";
import { withResend } from "../redis/resend.ts";
import { afterTurn } from "../redis/turn.ts";
import type { TokenStore } from "../store.ts";
import { bunLink } from "./bun-tracking.ts";
import { refuseOtherClient } from "./other-client.ts";
import { checkTarget, ownedClient } from "./owned-client.ts";

export type { TcpStoreOptions } from "../redis/replicas.ts";

/** The part of Bun's `RedisClient` that the store uses. */
export interface BunRedisClient {
  readonly connected: boolean;
  connect(): Promise<unknown>;
  send(command: string, args: string[]): Promise<unknown>;
  close(): void;
}

/** The constructor of Bun's client. */
type RedisClientClass = new (url: string, options: object) => BunRedisClient;

/**
 * Keeps sessions in a Redis that Bun reaches over TCP through its own client, which needs no package. It needs Bun 1.2.9 or
 * later.
 *
 * Your own client is never closed, and keeps its settings for reconnecting; the store's `timeout` applies all the same. A client
 * that the library makes connects at the first call, and again at the first call after the connection was lost. Bun's client
 * doesn't tell a refused password from a lost connection, so both have the reason `network`.
 *
 * @param target - a client, such as `redis` from `"bun"`, or a `redis://` or `rediss://` URL
 * @throws OptionTypeError, OptionRangeError
 * @throws ClientMissingError at the first call, on another runtime
 * @example
 * ```ts
 * import { bunRedisStore } from "redis-web-token/bun";
 *
 * const store = bunRedisStore("redis://localhost:6380", { timeout: 500 });
 * ```
 */
export function bunRedisStore(target: BunRedisClient | string, options: TcpStoreOptions = {}): TokenStore {
  const settings = readTcpOptions(options);
  const { timeout } = settings.store;
  if (isClient(target)) {
    refuseReplicas(settings, "your own client, which may reconnect: pass its URL instead");
    return redisStore(overGivenClient(target), settings.store);
  }
  refuseOtherClient(target);
  if (typeof target !== "string") throw typeError("client", "Bun's client or a redis:// URL", target);
  checkTarget(target);
  return redisStore(withReplicas(withResend(overOwnClient(target, timeout)), settings), settings.store);
}

const isClient = (target: unknown): target is BunRedisClient =>
  isObject(target) && typeof target.send === "function" && "connected" in target;

const overGivenClient = (client: BunRedisClient): RedisConnection => ({
  send: ({ args: [command, ...args] }) => client.send(command, args),
  afterTurn,
  oneServer: true,
  close: async () => {},
});

function overOwnClient(url: string, timeout: number): RedisConnection {
  const client = ownedClient(timeout, {
    async open() {
      // Without reconnecting, a pending command fails when the connection breaks, instead of being sent again. The next call makes
      // another client.
      const made = new (redisClientClass())(url, { autoReconnect: false, connectionTimeout: timeout });
      const connected = made.connect();
      // Each call that awaits it rejects with the error.
      connected.catch(() => {});
      return { made, connected };
    },
    closeGently: async ({ made }) => made.close(),
    closeNow: ({ made }) => made.close(),
    hasEnded: ({ made }) => !made.connected,
  });
  return {
    send: ({ args: [command, ...args] }, limit) =>
      client.use(limit, async ({ made, connected }) => {
        await connected;
        return made.send(command, args);
      }),
    afterTurn,
    oneServer: true,
    // The link doesn't speak TLS.
    track: url.startsWith("rediss:") ? undefined : bunLink(url),
    open: client.get,
    close: client.close,
  };
}

/** Taken from the global object, because bundlers for other runtimes would try to resolve an import. */
function redisClientClass(): RedisClientClass {
  const { Bun } = globalThis as { Bun?: { RedisClient?: RedisClientClass } };
  if (Bun?.RedisClient !== undefined) return Bun.RedisClient;
  throw new ClientMissingError(
    "this store needs Bun 1.2.9 or later: use ioredisStore or nodeRedisStore on other runtimes",
  );
}
