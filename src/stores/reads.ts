import { isErrorReply, isRefusal, storeUnavailable, unexpectedReply } from "./fault.ts";
import type { RedisConnection, RedisStore, SendCommand } from "./redis.ts";
import { text } from "./replies.ts";
import { evaluate, SLIDE } from "./script.ts";

/** A read that has not left yet, of one caller or of several that ask the same. */
interface Read {
  readonly key: string;
  /** Seconds to live that it sets, where it slides. */
  readonly ex: string | undefined;
  readonly reply: Promise<string | null>;
  readonly resolve: (value: string | null) => void;
  readonly reject: (error: unknown) => void;
}

/** The most that leave as one command or request: what Redis has to do at a stretch, and a reply's size, stay small. */
const MOST = 128;

/**
 * Over TCP some go ahead of the others, by a turn of the event loop: while Redis works on them the next are made ready, where
 * otherwise each would wait for the other. A quarter of them, and no fewer than pay for a command of their own.
 */
const portionOf = (reads: number): number => Math.min(MOST, Math.max(16, Math.ceil(reads / 4)));

/** Turns of the microtask queue that a token takes longer whose hash has to be computed than one opened before. */
const TURNS = 8;

/** Asks for a session's text by `GET`, or by `GETEX` with these seconds. */
export type ReadSoon = (key: string, ex?: string) => Promise<string | null>;

/**
 * Lets the reads of one tick leave together or, where the connection says so, those of one turn of the event loop; and those
 * of one key only once. They wait for nothing but what is at hand: no read joins another that has been sent, so that none
 * answers with what was true before it was asked. And since a tick of a Worker belongs to one request, no request waits
 * for another's I/O.
 */
export function readsTogether(run: RedisStore["run"], connection: RedisConnection): ReadSoon {
  const { afterTurn, writesAfterTurn, oneServer, sendAll } = connection;
  /** Sets portions apart; not those of one request. */
  const later = sendAll ? undefined : afterTurn;
  let gathered = new Map<string, Read>();
  const refused = new Set<Many>();

  async function gather(): Promise<void> {
    if (afterTurn && !writesAfterTurn) return void afterTurn(leave);
    for (let turn = 0; turn < TURNS; turn++) await undefined;
    leave();
  }

  function leave(): void {
    const reads = [...gathered.values()];
    gathered = new Map();
    if (oneServer) leaveInPortions(reads, later ? portionOf(reads.length) : MOST);
    else within(reads, eachByItself);
  }

  function leaveInPortions(reads: readonly Read[], most: number, from = 0): void {
    const next = from + most;
    leaveTogether(reads.slice(from, next));
    if (next >= reads.length) return;
    const others = () => leaveInPortions(reads, most, next);
    if (later) later(others);
    else others();
  }

  function leaveTogether(reads: readonly Read[]): void {
    within(
      reads.filter(({ ex }) => ex === undefined),
      (plain, send) => atOnce(mget, plain, send),
    );
    const slide = sendAll ? inOneRequest : bySlide;
    within(
      reads.filter(({ ex }) => ex !== undefined),
      (sliding, send) => atOnce(slide, sliding, send),
    );
  }

  /** Within one time-out. What goes wrong with one read is told to that one before. */
  function within(
    reads: readonly Read[],
    how: (reads: readonly Read[], send: SendCommand) => Promise<void>,
  ): void {
    if (reads.length === 0) return;
    run(undefined, (send) => how(reads, send)).catch((error: unknown) => {
      for (const { reject } of reads) reject(error);
    });
  }

  async function atOnce(many: Many, reads: readonly Read[], send: SendCommand): Promise<void> {
    if (reads.length === 1 || refused.has(many)) return eachByItself(reads, send);
    let replies: unknown;
    try {
      replies = await many(reads, send);
    } catch (error) {
      if (!isErrorReply(error)) throw error;
      if (isRefusal(error)) refused.add(many);
      return eachByItself(reads, send);
    }
    if (!Array.isArray(replies) || replies.length !== reads.length) throw unexpectedReply();
    for (const [i, read] of reads.entries()) settle(read, replies[i]);
  }

  return (key, ex) => {
    const id = ex === undefined ? key : `${ex} ${key}`;
    let read = gathered.get(id);
    if (read === undefined) {
      if (gathered.size === 0) void gather();
      read = newRead(key, ex);
      gathered.set(id, read);
    }
    return read.reply;
  };
}

/** Reads an entry, and sets its time to live to so many seconds where they are given. */
export const readCommand = (key: string, ex: string | undefined): readonly [string, ...string[]] =>
  ex === undefined ? ["GET", key] : ["GETEX", key, "EX", ex];

/** A way to ask for many sessions at once; gives a reply for each, in their order. */
type Many = (reads: readonly Read[], send: SendCommand) => Promise<unknown>;

const keysOf = (reads: readonly Read[]): string[] => reads.map(({ key }) => key);

const mget: Many = (reads, send) => send("MGET", ...keysOf(reads));

const bySlide: Many = (reads, send) => {
  const seconds = reads.map(({ ex = "" }) => ex);
  const areSame = seconds.every((each) => each === seconds[0]);
  return evaluate(send, SLIDE, keysOf(reads), areSame ? seconds.slice(0, 1) : seconds);
};

const inOneRequest: Many = async (reads, send) =>
  send.all?.(reads.map(({ key, ex }) => readCommand(key, ex)));

const eachByItself = async (reads: readonly Read[], send: SendCommand): Promise<void> => {
  await Promise.all(
    reads.map(async (read) => {
      try {
        settle(read, await send(...readCommand(read.key, read.ex)));
      } catch (error) {
        read.reject(storeUnavailable(error));
      }
    }),
  );
};

function newRead(key: string, ex: string | undefined): Read {
  let settlers: Pick<Read, "resolve" | "reject"> | undefined;
  const reply = new Promise<string | null>((resolve, reject) => {
    settlers = { resolve, reject };
  });
  return { key, ex, reply, ...(settlers as unknown as Pick<Read, "resolve" | "reject">) };
}

function settle({ resolve, reject }: Read, reply: unknown): void {
  try {
    if (reply instanceof Error) throw reply;
    resolve(text(reply));
  } catch (error) {
    reject(storeUnavailable(error));
  }
}
