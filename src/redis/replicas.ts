import { OptionRangeError } from "../errors.ts";
import { knownOptions, wholeNumber } from "../lib/check.ts";
import type { TimeLimit } from "../lib/time-limit.ts";
import { query } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { tooFewReplicas, unexpectedReply } from "./faults.ts";
import {
  type RedisStoreOptions,
  type RedisStoreSettings,
  readStoreOptions,
  STORE_OPTIONS,
} from "./options.ts";

/** Options of the stores over TCP: {@link RedisStoreOptions}, and `replicas`. */
export interface TcpStoreOptions extends RedisStoreOptions {
  /**
   * How many replicas must have a change before the call succeeds (Redis's `WAIT`), or `"all"`: every replica that was
   * connected within the last minute, at least one.
   *
   * Replication is asynchronous: without this option, a failover can revive a session that was ended, or lose a new one. `sign`,
   * `destroy`, `destroyAll`, `destroyById`, `update`, `updateAll`, `rotate` and the exchange of an old token wait; a call that only
   * restarts an idle timeout doesn't. If too few replicas answer within half the timeout, the call throws a `StoreUnavailableError`
   * with the reason `"replicas"`. The wait delays whatever else is sent through the connection.
   *
   * A number smaller than that of your replicas narrows what a failover can lose, and no more: a replica without the change may be
   * promoted.
   *
   * It needs a client that sends everything through one connection. It is refused for clusters, pools and node-redis's sentinel; your
   * own ioredis client needs `autoResendUnfulfilledCommands: false`.
   * @default 0
   */
  readonly replicas?: number | "all" | undefined;
}

/** `TcpStoreOptions`, checked, with defaults filled in. */
export interface TcpSettings {
  readonly replicas: number | "all";
  /** The settings that all Redis stores have. */
  readonly store: RedisStoreSettings;
}

/** More than any Redis has. */
const MAX_REPLICAS = 1000;

export function readTcpOptions(options: TcpStoreOptions): TcpSettings {
  const { replicas = 0, ...rest } = knownOptions("the store's options", options, [
    ...STORE_OPTIONS,
    "replicas",
  ]);
  return {
    store: readStoreOptions(rest),
    replicas: replicas === "all" ? replicas : wholeNumber("replicas", "replicas", replicas, MAX_REPLICAS, 0),
  };
}

/**
 * Throws if `replicas` is set. For clients that may send `WAIT` over another connection than the write: `WAIT` counts only replicas
 * that have the writes of its own connection.
 *
 * @param client - names the client, and says why it may use another connection
 */
export function refuseReplicas({ replicas }: TcpSettings, client: string): void {
  if (replicas === 0) return;
  throw new OptionRangeError("replicas", `replicas can't be used with ${client}`);
}

/** Milliseconds: how often Redis is asked for its number of replicas, and for how long the highest number counts. */
const ASK_EVERY = 1000;
const REMEMBER = 60_000;

/** Makes each lasting write wait until enough replicas have it. */
export function withReplicas(
  connection: RedisConnection,
  { replicas, store: { timeout } }: TcpSettings,
): RedisConnection {
  if (replicas === 0) return connection;
  const needed = replicas === "all" ? countReplicas(connection) : async () => replicas;
  return {
    ...connection,
    async send(sent, limit) {
      if (!sent.write || sent.expendable) return connection.send(sent, limit);
      const count = await needed(limit);
      const wait = query("WAIT", [], [String(count), String(Math.ceil(timeout / 2))]);
      // Send WAIT right behind the write, not after its reply: by then the client may have a new connection.
      const [reply, acknowledged] = await Promise.all([
        connection.send(sent, limit),
        connection.send(wait, limit),
      ]);
      if (!/^\d+$/.test(String(acknowledged))) throw unexpectedReply();
      if (Number(acknowledged) < count) throw tooFewReplicas();
      return reply;
    },
  };
}

/**
 * Counts the replicas for `"all"`. A planned failover begins by disconnecting one, and writes that only the others acknowledge are
 * then lost with the old primary. So the highest number within the last minute counts.
 */
function countReplicas(connection: RedisConnection): (limit: TimeLimit) => Promise<number> {
  let highest = 0;
  let [askedAt, highestAt] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return async (limit) => {
    const now = performance.now();
    if (now - askedAt < ASK_EVERY) return highest;
    const info = await connection.send(query("INFO", [], ["replication"]), limit);
    const connected = Number(/^connected_slaves:(\d+)/m.exec(String(info))?.[1] ?? 0);
    if (connected >= highest || now - highestAt > REMEMBER)
      [highest, highestAt] = [Math.max(1, connected), now];
    askedAt = now;
    return highest;
  };
}
