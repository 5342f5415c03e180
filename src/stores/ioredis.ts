/**
 * Sessions in Redis over TCP, through ioredis.
 *
 * @module
 */
import type { RedisOptions } from "ioredis";
import { OptionRangeError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { RedisConnection } from "../redis/connection.ts";
import { redisStore } from "../redis/redis-store.ts";
import { readTcpOptions, refuseReplicas, type TcpStoreOptions, withReplicas } from "../redis/replicas.ts";
import { withResend } from "../redis/resend.ts";
import { afterTurn } from "../redis/turn.ts";
import type { TokenStore } from "../store.ts";
import { type IoredisClient, inOneWrite } from "./ioredis-client.ts";
import { ioredisLink, TRACKING_OPTIONS, type TrackingClient } from "./ioredis-tracking.ts";
import { checkTarget, makeClient, ownedClient, reconnectDelay, refuseWorkers } from "./owned-client.ts";

export type { TcpStoreOptions } from "../redis/replicas.ts";
export type { Corkable, IoredisClient } from "./ioredis-client.ts";

/**
 * Keeps sessions in a Redis that Node, Bun or Deno reaches over TCP through `ioredis`, Cluster and Sentinel included.
 *
 * Your own client is never closed, and keeps its settings for retries and its offline queue; the store's `timeout` applies all the
 * same. A client that the library makes connects at the first call, never sends a change twice, and fails at once while Redis is
 * gone.
 *
 * @param target - a client or cluster, a `redis://` or `rediss://` URL, or ioredis options
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { ioredisStore } from "redis-web-token/ioredis";
 *
 * const store = ioredisStore("redis://localhost:6380", { timeout: 500 });
 * ```
 */
export function ioredisStore(
  target: IoredisClient | string | RedisOptions,
  options: TcpStoreOptions = {},
): TokenStore {
  refuseWorkers("ioredisStore");
  const settings = readTcpOptions(options);
  const { timeout } = settings.store;
  if (isClient(target)) {
    refuseReplicaReads((target as { readonly options?: unknown }).options);
    if (resends(target)) {
      refuseReplicas(
        settings,
        "a cluster, or a client that resends: set autoResendUnfulfilledCommands to false",
      );
    }
    return redisStore(withReplicas(overGivenClient(target), settings), settings.store);
  }
  checkTarget(target, ["url", "socket", "database"], "the URL as text, or { host, port, db, tls }");
  refuseReplicaReads(target);
  return redisStore(withReplicas(withResend(overOwnClient(target, timeout)), settings), settings.store);
}

/** Without reply mapping, which is for hashes and the like: no command of the library returns them. */
type ClientOptions = Omit<RedisOptions, "replyMapping">;

const isClient = (target: unknown): target is IoredisClient =>
  typeof (target as Partial<IoredisClient> | null)?.call === "function" && isObject(target);

/** Whether a command may use another connection than the command before it. */
function resends(client: object): boolean {
  const { options } = client as { options?: { autoResendUnfulfilledCommands?: boolean } };
  return isCluster(client) || options?.autoResendUnfulfilledCommands !== false;
}

const isCluster = (client: object): boolean => (client as { isCluster?: boolean }).isCluster === true;

/** A replica may not know yet that a session has ended. */
function refuseReplicaReads(options: unknown): void {
  const {
    scaleReads = "master",
    role = "master",
    readOnly = false,
  } = Object(options) as Readonly<Record<"scaleReads" | "role" | "readOnly", unknown>>;
  if (scaleReads === "master" && role === "master" && readOnly !== true) return;
  throw new OptionRangeError(
    "client",
    'the client must be made with scaleReads and role "master", and without readOnly: a replica may let in a session that has ended',
  );
}

const overGivenClient = (client: IoredisClient): RedisConnection => {
  const send = inOneWrite(client);
  return {
    send: ({ args }) => send(args),
    afterTurn,
    oneServer: !isCluster(client),
    track: isCluster(client) ? undefined : linkBeside(client),
    close: async () => {},
  };
};

/** Opens links with copies of the caller's client, which is never put into another mode itself. */
function linkBeside(client: IoredisClient): RedisConnection["track"] {
  const copied = client as { duplicate?(options: object): TrackingClient };
  if (typeof copied.duplicate !== "function") return undefined;
  return ioredisLink(async () => (copied as Required<typeof copied>).duplicate(TRACKING_OPTIONS));
}

function overOwnClient(target: string | ClientOptions, timeout: number): RedisConnection {
  const defaults: ClientOptions = {
    connectTimeout: timeout,
    retryStrategy: reconnectDelay,
    // A pending command fails when the connection breaks, instead of being sent again.
    autoResendUnfulfilledCommands: false,
    // Queued commands fail as soon as one attempt to connect fails.
    maxRetriesPerRequest: 0,
  };
  const make = (forced: ClientOptions = {}) =>
    makeClient("ioredis", import("ioredis"), (module) => {
      // The CommonJS module is a function, of which webpack names no exports (webpack/webpack#19131): Next 15 has that webpack.
      const { Redis = module.default.Redis } = module;
      return typeof target === "string"
        ? new Redis(target, { ...defaults, ...forced })
        : new Redis({ ...defaults, ...target, ...forced });
    });
  const client = ownedClient(timeout, {
    async open() {
      const made = await make();
      let lastError: unknown;
      made.on("ready", () => {
        lastError = undefined;
      });
      // Without a listener, ioredis would print the error. Queued commands learn only that there is no connection: the last error
      // says why.
      made.on("error", (error) => {
        lastError = error;
      });
      const sendNow = inOneWrite(made);
      return {
        made,
        sendNow,
        why: (error: unknown) => (made.status === "ready" ? error : (lastError ?? error)),
      };
    },
    closeGently: async ({ made }) => made.status === "ready" && made.quit(),
    closeNow: ({ made }) => made.disconnect(),
    hasEnded: ({ made }) => made.status === "end",
  });
  return {
    send: ({ args }, limit) =>
      client.use(limit, ({ sendNow, why }) =>
        sendNow(args).catch((error: unknown) => {
          throw why(error);
        }),
      ),
    afterTurn,
    oneServer: true,
    track: ioredisLink(() => make(TRACKING_OPTIONS)),
    open: client.get,
    close: client.close,
  };
}
