import { isObject } from "../lib/json.ts";
import type { TimeLimit } from "../lib/time-limit.ts";
import type { RedisCommand } from "../redis/command.ts";

/**
 * The part of a `redis` (node-redis) client, pool, cluster or sentinel that the store uses. Any version that has it will do.
 * `sendCommand` takes other arguments in each kind, hence `never`.
 */
export interface NodeRedisClient {
  readonly isOpen: boolean;
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

/** The most reads that wait for their replies without a signal, so that an outage leaves no long queue. */
const MOST_WITHOUT_SIGNAL = 1000;

type Options = typeof PLAIN_REPLIES & { readonly abortSignal?: AbortSignal };
type Send = (command: RedisCommand, limit: TimeLimit) => Promise<unknown>;
type Sender<Args extends unknown[]> = { sendCommand(...args: Args): Promise<unknown> };

/**
 * Sends commands through a client of any kind. What still waits in the client's queue is taken back when nobody waits for it any more. A
 * read needn't be, and a signal would take as long as the read itself.
 */
export function senderOf(client: NodeRedisClient): Send {
  const send = sendOf(client);
  let withoutSignal = 0;
  const answered = (): void => {
    withoutSignal--;
  };
  return (command, limit) => {
    if (command.write || withoutSignal >= MOST_WITHOUT_SIGNAL)
      return send(command, { ...PLAIN_REPLIES, abortSignal: limit.signal });
    const reply = send(command, PLAIN_REPLIES);
    withoutSignal++;
    reply.then(answered, answered);
    return reply;
  };
}

/** A cluster takes the key and whether a replica may answer, a sentinel only the latter. A replica never may. */
function sendOf(client: NodeRedisClient): (command: RedisCommand, options: Options) => Promise<unknown> {
  if ("slots" in client) {
    const cluster = client as Sender<[string | undefined, boolean, readonly string[], Options]>;
    return ({ args, keys: [key] }, options) => cluster.sendCommand(key, false, args, options);
  }
  if ("acquire" in client) {
    const sentinel = client as Sender<[boolean, readonly string[], Options]>;
    return ({ args }, options) => sentinel.sendCommand(false, args, options);
  }
  const single = client as Sender<[readonly string[], Options]>;
  return ({ args }, options) => single.sendCommand(args, options);
}
