import { OptionRangeError } from "../errors.ts";
import { knownOptions, wholeNumber } from "../lib/check.ts";
import { query } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { tooFewReplicas, unexpectedReply } from "./faults.ts";
import {
  type RedisStoreOptions,
  type RedisStoreSettings,
  readStoreOptions,
  STORE_OPTIONS,
} from "./options.ts";

/** Options of the stores over TCP. */
export interface TcpStoreOptions extends RedisStoreOptions {
  /**
   * How many replicas must have a change before the call succeeds (Redis's `WAIT`): `sign`, `destroy`, `destroyAll`, `destroyById`,
   * `update`, `updateAll`, `rotate`, and an exchange of an old token. What only restarts an idle timeout doesn't wait. Replication is
   * asynchronous: without this, a failover can revive a session that was ended, or lose a new one. Where too few replicas answer
   * within half the timeout, it is a `StoreUnavailableError` whose reason is `"replicas"`. The wait delays what else is sent
   * through the connection.
   *
   * It narrows what a failover can lose, and doesn't close it where a replica without the change is promoted: name all the
   * replicas that there are.
   *
   * For clients that send everything through one connection: not for clusters, pools and node-redis's sentinel; a
   * client of yours of ioredis's needs `autoResendUnfulfilledCommands: false`.
   * @default 0
   */
  readonly replicas?: number | undefined;
}

/** `TcpStoreOptions` after their checks. */
export interface TcpSettings {
  readonly replicas: number;
  /** What `redisStore` takes. */
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
    replicas: wholeNumber("replicas", "replicas", replicas, MAX_REPLICAS, 0),
  };
}

/**
 * `WAIT` asks about what its own connection has written, so it must never go over another one.
 *
 * @param client - which, and why it may
 */
export function refuseReplicas({ replicas }: TcpSettings, client: string): void {
  if (replicas === 0) return;
  throw new OptionRangeError("replicas", `replicas can't be used with ${client}`);
}

/** A connection over which a lasting write counts only once enough replicas have it. */
export function withReplicas(
  connection: RedisConnection,
  { replicas, store: { timeout } }: TcpSettings,
): RedisConnection {
  if (replicas === 0) return connection;
  const wait = query("WAIT", [], [String(replicas), String(Math.ceil(timeout / 2))]);
  return {
    ...connection,
    async send(sent, signal) {
      const written = connection.send(sent, signal);
      if (!sent.write || sent.expendable) return written;
      // Sent right behind it, not after its reply: in between, the connection may become another's.
      const waited = connection.send(wait, signal);
      const [reply, acknowledged] = await Promise.all([written, waited]);
      if (!/^\d+$/.test(String(acknowledged))) throw unexpectedReply();
      if (Number(acknowledged) < replicas) throw tooFewReplicas();
      return reply;
    },
  };
}
