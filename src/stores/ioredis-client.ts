import type { RedisCommand } from "../redis/command.ts";

/** The part of an `ioredis` client or cluster that the store uses. Any version that has it will do. */
export interface IoredisClient {
  call(command: string, ...args: string[]): Promise<unknown>;
  /** Only a client with a single connection has it. */
  readonly stream?: Corkable | undefined;
  /** Only a cluster has it. */
  nodes?(role: "master"): readonly { readonly stream?: Corkable | undefined }[];
}

/** A connection that can hold back what is written to it. */
export interface Corkable {
  cork(): void;
  uncork(): void;
}

/** Sends the commands of one tick in a single write to each server, since a write costs a client more than the commands themselves. */
export function inOneWrite(client: IoredisClient): (args: RedisCommand["args"]) => Promise<unknown> {
  const direct = pastAutoPipelining(client);
  let holdsBack = false;
  return ([name, ...rest]) => {
    if (!holdsBack) {
      holdsBack = true;
      const streams = (client.nodes?.("master") ?? [client]).flatMap(({ stream }) => stream ?? []);
      for (const stream of streams) stream.cork?.();
      queueMicrotask(() => {
        holdsBack = false;
        for (const stream of streams) stream.uncork?.();
      });
    }
    // In lower case, because versions before 5.9 apply keyPrefix and cluster routing only to such names.
    return direct.call(name.toLowerCase(), ...rest);
  };
}

/**
 * Passes by the client's option `enableAutoPipelining`: it would gather once more what is gathered already, for another turn of the
 * event loop.
 */
function pastAutoPipelining(client: IoredisClient & AutoPipelining): Pick<IoredisClient, "call"> {
  const { options } = client;
  if (options?.enableAutoPipelining !== true || replacesCall(client)) return client;
  return Object.create(client, {
    options: { value: { ...options, enableAutoPipelining: false } },
    // Looked up for each command, since a tool that traces them may replace it later.
    sendCommand: { value: (command: unknown) => client.sendCommand?.(command) },
  });
}

interface AutoPipelining {
  readonly options?: { readonly enableAutoPipelining?: boolean };
  sendCommand?(command: unknown): Promise<unknown>;
}

/** Whether a subclass or a tool has replaced ioredis's own `call`. Theirs may need the client itself, such as its private fields. */
function replacesCall(client: object): boolean {
  let found = 0;
  for (let each: object | null = client; each !== null; each = Object.getPrototypeOf(each))
    if (Object.hasOwn(each, "call")) found++;
  return found > 1;
}
