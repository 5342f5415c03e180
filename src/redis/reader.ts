import type { ReadKeys, ReadOptions, Snapshot } from "../store.ts";
import { afterMicrotasks, createBatch } from "./batch.ts";
import type { RedisCommand, ScriptCall } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { isErrorReply, isRefusal, storeFailure } from "./faults.ts";
import { MOST, snapshotOf, type ValueAt } from "./many.ts";
import { readAll, readAtPrimary, slideByScript, slideInOneRequest } from "./read-many.ts";
import { apart, type ReadOne, together } from "./read-one.ts";
import { seconds } from "./replies.ts";
import type { Run, Send } from "./runner.ts";

/** A read that hasn't been sent yet. */
interface Read extends ReadOne {
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Over TCP, a large batch is split into chunks, one per event loop turn, so that Redis works on one chunk while we prepare the
 * next. A chunk is a quarter of the batch, and at least 16 reads, since fewer aren't worth a command of their own.
 */
const chunkOverTcp = (size: number): number => Math.min(MOST, Math.max(16, Math.ceil(size / 4)));

/** Microtasks to wait, so that a token that still has to be hashed joins the batch of those that are memoized. */
const HASHING = 16;

/** Reads sessions. Plain reads without an AbortSignal are batched. */
export function createReader(
  run: Run,
  { afterTurn, oneServer, sendAll, sync }: RedisConnection,
): (keys: ReadKeys, options?: ReadOptions) => Promise<Snapshot> {
  const isOverTcp = sendAll === undefined && afterTurn !== undefined;
  const slideAll = sendAll === undefined ? slideByScript : slideInOneRequest;
  /** Whether one command may read, or slide, many sessions: not once the server has refused it. */
  let readsTogether = oneServer === true;
  let slidesTogether = oneServer === true;

  const batch = createBatch<Read>({
    soon: afterMicrotasks(HASHING),
    gather: afterTurn ?? afterMicrotasks(HASHING),
    chunkOf: isOverTcp ? chunkOverTcp : () => MOST,
    between: isOverTcp ? afterTurn : undefined,
    dispatch: (reads) =>
      Promise.all([
        sendReads(reads.filter(({ ex }) => ex === undefined)),
        sendReads(reads.filter(({ ex }) => ex !== undefined)),
      ]),
  });

  async function sendReads(reads: readonly Read[]): Promise<void> {
    if (reads.length === 0) return;
    const after = waitFor(reads);
    const work = async (send: Send): Promise<void> =>
      after === undefined
        ? resolveAll(reads, await readAtPrimary(reads, send))
        : answer(reads, waiting(send, after));
    try {
      await run(undefined, work);
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }

  async function answer(reads: readonly Read[], send: Send): Promise<void> {
    const slides = reads[0]?.ex !== undefined;
    if (reads.length === 1 || !(slides ? slidesTogether : readsTogether)) return oneByOne(reads, send);
    let valueAt: ValueAt;
    try {
      valueAt = await (slides ? slideAll : readAll)(reads, send);
    } catch (error) {
      if (!isErrorReply(error)) throw error;
      if (isRefusal(error) && slides) slidesTogether = false;
      else if (isRefusal(error)) readsTogether = false;
      return oneByOne(reads, send);
    }
    resolveAll(reads, valueAt);
  }

  async function oneByOne(reads: readonly Read[], send: Send): Promise<void> {
    const readOne = async (read: Read): Promise<void> => {
      try {
        read.resolve(await single(send, read));
      } catch (error) {
        // Rejects only this read: the others may succeed.
        read.reject(storeFailure(error));
      }
    };
    await Promise.all(reads.map(readOne));
  }

  const single = (send: Send, read: ReadOne): Promise<Snapshot> =>
    oneServer || read.keys.person === undefined ? together(send, read) : apart(send, read);

  /** What a replica has to have before it answers; `undefined` if the primary has to be asked. */
  function waitFor(reads: readonly Pick<Read, "keys">[], mark?: string): string | undefined {
    if (sync === undefined) return mark === undefined ? "" : undefined;
    return sync.waitFor(
      reads.flatMap(({ keys }) => namesIn(keys)),
      mark,
    );
  }

  /** Makes each command wait until a replica has what `after` names. */
  function waiting(send: Send, after: string): Send {
    if (sync === undefined) return send;
    const late = <Call extends RedisCommand | ScriptCall>(call: Call): Call => ({ ...call, after });
    return Object.assign((call: RedisCommand | ScriptCall) => send(late(call)), {
      all: (commands: readonly RedisCommand[]) => send.all(commands.map(late)),
    });
  }

  return (keys, { signal, slideTo, fresh, after: mark } = {}) =>
    new Promise((resolve, reject) => {
      const ex = slideTo === undefined ? undefined : seconds(slideTo);
      if (signal === undefined && !fresh && mark === undefined) return batch({ keys, ex, resolve, reject });
      // A slide is a write, and goes to the primary in any case.
      const needsPrimary = fresh || (mark !== undefined && ex !== undefined);
      const after = needsPrimary ? undefined : waitFor([{ keys }], mark);
      const one = async (send: Send): Promise<Snapshot> =>
        after === undefined
          ? snapshotOf(keys, await readAtPrimary([{ keys, ex }], send))
          : single(waiting(send, after), { keys, ex });
      return run({ signal }, one).then(resolve, reject);
    });
}

function resolveAll(reads: readonly Read[], valueAt: ValueAt): void {
  for (const { keys, resolve, reject } of reads) {
    try {
      resolve(snapshotOf(keys, valueAt));
    } catch (error) {
      reject(storeFailure(error));
    }
  }
}

const namesIn = ({ session, person }: ReadKeys): string[] =>
  person === undefined ? [session] : [session, person];
