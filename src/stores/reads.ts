import { isRefusal, storeUnavailable, unexpectedReply } from "./fault.ts";
import type { RedisConnection, RedisStore, SendCommand } from "./redis.ts";
import { text } from "./replies.ts";

/** `GET key`, or `GETEX key EX seconds`. */
type ReadCommand = readonly [command: string, key: string, ...rest: string[]];

/** A read that has not left yet, of one caller or of several that ask the same. */
interface Read {
  readonly command: ReadCommand;
  readonly reply: Promise<string | null>;
  readonly resolve: (value: string | null) => void;
  readonly reject: (error: unknown) => void;
}

/** The most that leave as one command or request: what Redis has to do at a stretch, and a reply's size, stay small. */
const MOST = 128;

/** Turns of the microtask queue that a token takes longer whose hash has to be computed than one opened before. */
const TURNS = 8;

/** Asks for a session's text by `GET`, or by `GETEX` with these seconds. */
export type ReadSoon = (key: string, ex?: string) => Promise<string | null>;

/**
 * Lets the reads of one tick leave together, and those of one key only once. They wait for nothing but the code that is
 * running: no read joins another that has been sent, so that none answers with what was true before it was asked. And
 * since a tick of a Worker belongs to one request, no request waits for another's I/O.
 */
export function readsTogether(run: RedisStore["run"], connection: RedisConnection): ReadSoon {
  let gathered = new Map<string, Read>();
  let takesMany = connection.oneServer === true;

  async function leave(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await undefined;
    const reads = [...gathered.values()];
    gathered = new Map();
    for (let from = 0; from < reads.length; from += MOST) send(reads.slice(from, from + MOST));
  }

  function send(reads: readonly Read[]): void {
    const plain = reads.filter(({ command }) => command[0] === "GET");
    if (takesMany && plain.length > 1) {
      together(plain, asMget);
      together(
        reads.filter(({ command }) => command[0] !== "GET"),
        eachByItself,
      );
    } else together(reads, eachByItself);
  }

  /** Within one time-out. What goes wrong with one read is told to that one before. */
  function together(
    reads: readonly Read[],
    how: (reads: readonly Read[], send: SendCommand) => Promise<void>,
  ): void {
    if (reads.length === 0) return;
    run(undefined, (send) => how(reads, send)).catch((error: unknown) => {
      for (const { reject } of reads) reject(error);
    });
  }

  async function asMget(reads: readonly Read[], send: SendCommand): Promise<void> {
    let values: unknown;
    try {
      values = await send("MGET", ...reads.map(({ command }) => command[1]));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // A node of a cluster, a proxy, a user that may not: so it will be the next time.
      takesMany = false;
      return eachByItself(reads, send);
    }
    settleAll(reads, values);
  }

  async function eachByItself(reads: readonly Read[], send: SendCommand): Promise<void> {
    if (send.all !== undefined && reads.length > 1) {
      settleAll(reads, await send.all(reads.map(({ command }) => command)));
    } else {
      const sent = reads.map((read) =>
        send(...read.command).then((reply) => settle(read, reply), failure(read)),
      );
      await Promise.all(sent);
    }
  }

  return (key, ex) => {
    const id = ex === undefined ? key : `${ex} ${key}`;
    let read = gathered.get(id);
    if (read === undefined) {
      if (gathered.size === 0) void leave();
      read = newRead(readCommand(key, ex));
      gathered.set(id, read);
    }
    return read.reply;
  };
}

/** Reads an entry, and sets its time to live to so many seconds where they are given. */
export const readCommand = (key: string, ex: string | undefined): ReadCommand =>
  ex === undefined ? ["GET", key] : ["GETEX", key, "EX", ex];

function newRead(command: Read["command"]): Read {
  let settlers: Pick<Read, "resolve" | "reject"> | undefined;
  const reply = new Promise<string | null>((resolve, reject) => {
    settlers = { resolve, reject };
  });
  return { command, reply, ...(settlers as unknown as Pick<Read, "resolve" | "reject">) };
}

function settleAll(reads: readonly Read[], replies: unknown): void {
  if (!Array.isArray(replies) || replies.length !== reads.length) throw unexpectedReply();
  for (const [i, read] of reads.entries()) settle(read, replies[i]);
}

function settle({ resolve, reject }: Read, reply: unknown): void {
  try {
    if (reply instanceof Error) throw reply;
    resolve(text(reply));
  } catch (error) {
    reject(storeUnavailable(error));
  }
}

const failure =
  ({ reject }: Read) =>
  (error: unknown): void =>
    reject(storeUnavailable(error));
