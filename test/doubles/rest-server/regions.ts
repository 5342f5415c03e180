import { setTimeout as sleep } from "node:timers/promises";
import { type ReadCommands, readCommandsOf } from "../read-commands.ts";
import type { Backend } from "./backend.ts";
import type { RedisConnection } from "./redis-connection.ts";

/** How often a replica that a read waits for is asked how far it is. */
const POLL_MS = 5;

/** A sync token is an offset in the primary's stream of changes, in base 32. */
const tokenOf = (offset: number): string => offset.toString(32);
const offsetOf = (token: string | undefined): number => Number.parseInt(token || "0", 32);

/**
 * A primary, which runs every write, and read regions, whose replicas lag and take turns in answering reads, as Upstash documents
 * them: https://upstash.com/docs/redis/features/globaldatabase and https://upstash.com/docs/redis/howto/readyourwrites.
 *
 * Where the documents leave it open, this is the least that they promise: a response to a read names the state of the replica that
 * answered, which may be older than what the client has seen, and the reads of a pipeline don't see its writes.
 */
export async function regions(
  primary: RedisConnection,
  replicas: readonly RedisConnection[],
): Promise<Backend> {
  const reads: ReadCommands = await readCommandsOf(primary);
  const regions = replicas.map(readRegion);
  let turn = 0;

  return (after) => {
    const region = regions[turn++ % regions.length];
    if (region === undefined) throw new Error("no regions");
    let wrote = false;
    return {
      async send(command) {
        if (reads.includes(command)) {
          await region.reach(offsetOf(after));
          return region.send(command);
        }
        wrote = true;
        return primary.send(command);
      },
      async sendTransaction(commands) {
        wrote = true;
        return primary.sendTransaction(commands);
      },
      token: async () => tokenOf(wrote ? await offsetAt(primary) : region.reached()),
    };
  };
}

/** A replica, and how far it is known to be. */
function readRegion({ send }: RedisConnection) {
  let known = 0;
  let waiting: { readonly offset: number; readonly go: () => void }[] = [];

  async function poll(): Promise<void> {
    while (waiting.length > 0) {
      known = Math.max(known, await offsetAt({ send }).catch(() => 0));
      for (const { offset, go } of waiting) if (offset <= known) go();
      waiting = waiting.filter(({ offset }) => offset > known);
      if (waiting.length > 0) await sleep(POLL_MS);
    }
  }

  return {
    send,
    reached: () => known,
    async reach(offset: number): Promise<void> {
      if (offset <= known) return;
      await new Promise<void>((go) => {
        waiting.push({ offset, go });
        if (waiting.length === 1) void poll();
      });
    },
  };
}

/** How far a server is in the primary's stream of changes. */
async function offsetAt({ send }: Pick<RedisConnection, "send">): Promise<number> {
  const outcome = await send(["INFO", "replication"]);
  const text = "result" in outcome ? String(outcome.result) : "";
  const offset = /^slave_repl_offset:(\d+)/m.exec(text) ?? /^master_repl_offset:(\d+)/m.exec(text);
  if (offset === null) throw new Error("no offset in INFO replication");
  return Number(offset[1]);
}
