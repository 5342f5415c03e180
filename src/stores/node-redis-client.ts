import { isObject } from "../lib/json.ts";
import type { TimeLimit } from "../lib/time-limit.ts";
import type { RedisCommand } from "../redis/command.ts";

/**
 * The part of a `redis` (node-redis) client, pool, cluster or sentinel that the store uses. Any version that has it will do.
 * `sendCommand` takes other arguments in each kind, hence `never`.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean;
  /** Whether commands are sent at once, and not queued. A cluster doesn't tell, but its masters do. */
  readonly isReady?: boolean;
  readonly masters?: readonly { readonly client?: { readonly isReady: boolean } | undefined }[];
  connect(): Promise<unknown>;
  sendCommand(...args: never[]): Promise<unknown>;
}

export const isClient = (target: unknown): target is NodeRedisClient =>
  isObject(target) && typeof target.sendCommand === "function" && "isOpen" in target;

/** Whether a client has a single connection, and isn't a cluster, a pool or a sentinel. */
export const isSingle = (client: NodeRedisClient): boolean =>
  !["slots", "acquire", "totalClients"].some((name) => name in client);

/**
 * Replies are plain text and numbers, whatever the client's own type mapping. The client's timeout is left out, which would take as
 * long as a command: the store has its own.
 */
const PLAIN_REPLIES = { typeMapping: {}, timeout: undefined } as const;

/** What is queued can be taken back, so that an outage leaves no queue; a read that is sent at once can't, which would take as long. */
const optionsFor = (client: NodeRedisClient, { write }: RedisCommand, limit: TimeLimit): Options =>
  !write && isReady(client) ? PLAIN_REPLIES : { ...PLAIN_REPLIES, abortSignal: limit.signal };

/** Whether a client sends commands at once: a cluster, if all its masters do. */
const isReady = ({ isReady, masters }: NodeRedisClient): boolean =>
  isReady ?? masters?.every(({ client }) => client?.isReady === true) ?? false;

type Options = {
  readonly abortSignal?: AbortSignal;
  readonly timeout: undefined;
  readonly typeMapping: object;
};
type Send = (command: RedisCommand, limit: TimeLimit) => Promise<unknown>;
type Sender<Args extends unknown[]> = { sendCommand(...args: Args): Promise<unknown> };

/** A cluster takes the key and whether a replica may answer, a sentinel only the latter. A replica never may. */
export function senderOf(client: NodeRedisClient): Send {
  if ("slots" in client) {
    const cluster = client as Sender<[string | undefined, boolean, readonly string[], Options]>;
    return (command, limit) =>
      cluster.sendCommand(command.keys[0], false, command.args, optionsFor(client, command, limit));
  }
  if ("acquire" in client) {
    const sentinel = client as Sender<[boolean, readonly string[], Options]>;
    return (command, limit) => sentinel.sendCommand(false, command.args, optionsFor(client, command, limit));
  }
  const single = client as Sender<[readonly string[], Options]>;
  return (command, limit) => single.sendCommand(command.args, optionsFor(client, command, limit));
}
