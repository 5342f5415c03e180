/**
 * Sessions in Redis over TCP, through the `redis` package (node-redis).
 *
 * @module
 */
import type { RedisClientOptions } from "redis";
import { OptionRangeError } from "../errors.ts";
import type { TimeLimit } from "../lib/time-limit.ts";
import type { RedisCommand } from "../redis/command.ts";
import type { RedisConnection } from "../redis/connection.ts";
import { redisStore } from "../redis/redis-store.ts";
import { readTcpOptions, refuseReplicas, type TcpStoreOptions, withReplicas } from "../redis/replicas.ts";
import { withResend } from "../redis/resend.ts";
import { afterTurn } from "../redis/turn.ts";
import type { TokenStore } from "../store.ts";
import { isClient, isSingle, type NodeRedisClient, senderOf } from "./node-redis-client.ts";
import { nodeRedisLink, TRACKING_OPTIONS, type TrackingClient } from "./node-redis-tracking.ts";
import { checkTarget, makeClient, ownedClient, reconnectDelay, refuseWorkers } from "./owned-client.ts";
import { refusesTracking } from "./refuses-tracking.ts";

export type { TcpStoreOptions } from "../redis/replicas.ts";
export type { NodeRedisClient } from "./node-redis-client.ts";

/**
 * Keeps sessions in a Redis that Node, Bun or Deno reaches over TCP through `redis` (node-redis), its pool, cluster
 * and sentinel clients included.
 *
 * Your own client is connected at the first call if it isn't yet, and never closed; the store's `timeout` applies whatever its
 * own settings are.
 *
 * @param target - a client, a `redis://` or `rediss://` URL, or node-redis client options
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { nodeRedisStore } from "redis-web-token/node-redis";
 *
 * const store = nodeRedisStore("redis://localhost:6380", { timeout: 500 });
 * ```
 */
export function nodeRedisStore(
  target: NodeRedisClient | string | RedisClientOptions,
  options: TcpStoreOptions = {},
): TokenStore {
  refuseWorkers("nodeRedisStore");
  const settings = readTcpOptions(options);
  const { timeout } = settings.store;
  if (isClient(target)) {
    refuseOptions((target as { readonly options?: unknown }).options);
    if (!isSingle(target))
      refuseReplicas(settings, "a cluster, a pool or a sentinel client, which have many connections");
    return redisStore(withReplicas(overGivenClient(target), settings), settings.store);
  }
  checkTarget(target, ["host", "port", "db", "tls"], "{ url }, or { socket: { host, port, tls }, database }");
  refuseOptions(target);
  return redisStore(withReplicas(withResend(overOwnClient(target, timeout)), settings), settings.store);
}

/** Refuses options that the client wouldn't apply, or that let a replica answer, which may not know yet that a session has ended. */
function refuseOptions(options: unknown): void {
  const { keyPrefix, readonly } = Object(options) as Readonly<Record<"keyPrefix" | "readonly", unknown>>;
  // `sendCommand` leaves it out, so that the sessions would lie beside the other keys, without it.
  if (keyPrefix)
    throw new OptionRangeError(
      "client",
      "the client's keyPrefix isn't applied: use the option prefix of createRwt",
    );
  if (readonly === true)
    throw new OptionRangeError(
      "client",
      "the client must be made without readonly: a replica may let in a session that has ended",
    );
}

function overGivenClient(client: NodeRedisClient): RedisConnection {
  const sendCommand = senderOf(client);
  let connecting: Promise<unknown> | undefined;
  return {
    async send(command, limit) {
      // isOpen is true as soon as connecting starts, before the client accepts commands.
      if (!client.isOpen) {
        connecting ??= client.connect().finally(() => {
          connecting = undefined;
        });
      }
      await connecting;
      return sendCommand(command, limit);
    },
    afterTurn,
    oneServer: !("slots" in client),
    track: isSingle(client) ? nodeRedisLink(async () => duplicateOf(client)) : undefined,
    close: async () => {},
  };
}

/** Another client with the caller's settings: the caller's own is never put into another mode. */
const duplicateOf = (client: object): TrackingClient =>
  (client as { duplicate(options: object): TrackingClient }).duplicate({
    ...TRACKING_OPTIONS,
    socket: {
      ...(client as { readonly options?: RedisClientOptions }).options?.socket,
      reconnectStrategy: false,
    },
  });

function overOwnClient(target: string | RedisClientOptions, timeout: number): RedisConnection {
  const given: RedisClientOptions = typeof target === "string" ? { url: target } : target;
  let changed: ((key: string | null) => void) | undefined;
  let untracked: (() => void) | undefined;
  /** Whether client tracking was refused. Then only the cache's ttl limits how old an answer may be. */
  let isUntracked = false;
  const make = (forced: object, reconnectStrategy: Reconnect = reconnectDelay) =>
    makeClient("redis", import("redis"), ({ createClient }) =>
      // RESP2 unless tracking needs RESP3, which some servers refuse. Notifications of maintenance would look an IPv6 address
      // up by DNS, in brackets, and fail.
      createClient({
        RESP: 2,
        maintNotifications: "disabled",
        ...given,
        socket: {
          connectTimeout: timeout,
          ...given.socket,
          ...((reconnectStrategy === false || given.socket?.reconnectStrategy === undefined) && {
            reconnectStrategy,
          }),
        },
        ...forced,
      } as RedisClientOptions),
    );
  const client = ownedClient(timeout, {
    async open() {
      const tracking = changed && !isUntracked && TRACKING_OPTIONS;
      const made = await make({ ...tracking });
      if (changed && tracking) tellOfOthers(made, changed);
      const ready = readiness(made);
      made.on("error", (error) => {
        const refuses = Boolean(tracking) && refusesTracking(error);
        if (refuses && !isUntracked) {
          isUntracked = true;
          untracked?.();
        }
        // After a reply that isn't RESP, the client would stay connected, and give each call another call's reply.
        if (made.isReady || refuses) made.destroy();
      });
      // Not awaited, because it waits until Redis answers, however long that takes.
      made.connect().catch(() => {});
      return { made, ready, sendCommand: senderOf(made) };
    },
    closeGently: async ({ made }) => made.isReady && made.close(),
    closeNow({ made }) {
      // A client that is destroyed while connecting would go on, and keep its connection.
      made.once("connect", () => made.destroy());
      try {
        // Even if it counts as closed, since close() waits for replies that may never come.
        made.destroy();
      } catch {
        // It has already ended.
      }
    },
    hasEnded: ({ made }) => !made.isOpen,
  });
  const send = (command: RedisCommand, limit: TimeLimit): Promise<unknown> =>
    client.use(limit, async ({ made, ready, sendCommand }) => {
      if (!made.isReady) await ready();
      return sendCommand(command, limit);
    });
  return {
    send: (command, limit) =>
      send(command, limit).catch((error: unknown) => {
        // Retry, since nothing was sent yet: the next client connects without tracking.
        if (!refusesTracking(error)) throw error;
        return send(command, limit);
      }),
    afterTurn,
    oneServer: true,
    watch(listener, onUntracked) {
      changed = listener;
      untracked = onUntracked;
    },
    track: nodeRedisLink(async () => (await make(TRACKING_OPTIONS, false)) as unknown as TrackingClient),
    open: client.get,
    close: client.close,
  };
}

/** How a client reconnects; `false` if it doesn't. */
type Reconnect = false | typeof reconnectDelay;

type Emitter = {
  readonly isReady: boolean;
  on(event: "ready" | "error" | "invalidate", listener: (what?: unknown) => void): unknown;
};

/** Redis pushes the keys that were read through this connection and have changed. Without a connection, any key may have changed. */
function tellOfOthers(client: Emitter, changed: (key: string | null) => void): void {
  client.on("invalidate", (key) => changed(key === null ? null : String(key)));
  for (const event of ["ready", "error"] as const) client.on(event, () => changed(null));
}

/**
 * Makes a call wait for the pending attempt to connect, and fail with its error. In the client's queue, the call would only time
 * out.
 */
function readiness(client: Emitter): () => Promise<void> {
  let waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  const settle = (how: (call: (typeof waiting)[number]) => void): void => {
    const calls = waiting;
    waiting = [];
    calls.forEach(how);
  };
  client.on("ready", () => settle(({ resolve }) => resolve()));
  // Each waiting call rejects with the error. Without a listener, the error would end the process.
  client.on("error", (error) => settle(({ reject }) => reject(error)));
  return () =>
    new Promise<void>((resolve, reject) => {
      waiting.push({ resolve, reject });
    });
}
