import type { ReadKeys, ReadOptions, Snapshot } from "../store.ts";
import { afterMicrotasks, createBatch } from "./batch.ts";
import type { RedisCommand, ScriptCall } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { isErrorReply, isRefusal, storeFailure } from "./faults.ts";
import { MOST, snapshotOf, type ValueAt } from "./many.ts";
import { readAll, readAtPrimary, slideByScript, slideInOneRequest } from "./read-many.ts";
import { apart, type ReadOne, together } from "./read-one.ts";
import { seconds } from "./replies.ts";
import type { Run, Sender } from "./runner.ts";
import { afterTick } from "./turn.ts";

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

/** Runs work so late that a token that still has to be hashed joins the batch of those that are memoized. */
const afterHashing = afterMicrotasks(16);

/** Reads sessions. Plain reads without an AbortSignal are batched. */
export function createReader(
  run: Run,
  { afterTurn, oneServer, sendAll, sync }: RedisConnection,
): (keys: ReadKeys, options?: ReadOptions) => Promise<Snapshot> {
  /** Over TCP from one server, whose work on one chunk goes on while the next is made. */
  const inChunks = oneServer === true && sendAll === undefined && afterTurn !== undefined;
  const slideAll = sendAll === undefined ? slideByScript : slideInOneRequest;
  /** Whether one command may read, or slide, many sessions: not once the server has refused it. */
  let readsTogether = oneServer === true;
  let slidesTogether = oneServer === true;

  const soon = (afterTurn && afterTick) ?? afterHashing;
  /** How many batched reads have no answer yet. */
  let unanswered = 0;

  const batch = createBatch<Read>({
    // A lone read waits for nothing. While others are under way, reads gather for the turn, so that a busy server sends few commands.
    schedule: (work) => (unanswered === 0 ? soon : (afterTurn ?? soon))(work),
    chunkOf: inChunks ? chunkOverTcp : () => MOST,
    between: inChunks ? afterTurn : undefined,
    dispatch(reads) {
      const plain = reads.filter(({ ex }) => ex === undefined);
      if (plain.length > 0) sendReads(plain);
      if (plain.length < reads.length) sendReads(reads.filter(({ ex }) => ex !== undefined));
    },
  });

  function batched(keys: ReadKeys, slideTo: number | undefined): Promise<Snapshot> {
    const answer = new Promise<Snapshot>((resolve, reject) =>
      batch({ keys, ex: secondsOf(slideTo), resolve, reject }),
    );
    unanswered++;
    const answered = (): void => {
      unanswered--;
    };
    // Before the caller hears of it, whose next read then finds nothing under way.
    answer.then(answered, answered);
    return answer;
  }

  function sendReads(reads: readonly Read[]): void {
    const after = waitFor(reads);
    const rejectAll = (error: unknown): void => {
      for (const { reject } of reads) reject(error);
    };
    run(undefined, (sender) => {
      if (after === undefined) return atPrimary(reads, sender);
      const late = waiting(sender, after);
      const [read] = reads;
      return reads.length === 1 && read !== undefined ? readOne(read, late) : answer(reads, late);
    }).catch(rejectAll);
  }

  async function atPrimary(reads: readonly Read[], sender: Sender): Promise<void> {
    resolveAll(reads, await readAtPrimary(reads, sender));
  }

  async function answer(reads: readonly Read[], sender: Sender): Promise<void> {
    const slides = reads[0]?.ex !== undefined;
    if (!(slides ? slidesTogether : readsTogether)) return oneByOne(reads, sender);
    let valueAt: ValueAt;
    try {
      valueAt = await (slides ? slideAll : readAll)(reads, sender);
    } catch (error) {
      if (!isErrorReply(error)) throw error;
      if (isRefusal(error) && slides) slidesTogether = false;
      else if (isRefusal(error)) readsTogether = false;
      return oneByOne(reads, sender);
    }
    resolveAll(reads, valueAt);
  }

  async function oneByOne(reads: readonly Read[], sender: Sender): Promise<void> {
    await Promise.all(reads.map((read) => readOne(read, sender)));
  }

  async function readOne(read: Read, sender: Sender): Promise<void> {
    try {
      read.resolve(await single(sender, read));
    } catch (error) {
      // Rejects only this read: others may succeed.
      read.reject(storeFailure(error));
    }
  }

  const single = (sender: Sender, read: ReadOne): Promise<Snapshot> =>
    oneServer || read.keys.person === undefined ? together(sender, read) : apart(sender, read);

  /** What a replica has to have before it answers; `undefined` if the primary has to be asked. */
  function waitFor(reads: readonly Pick<Read, "keys">[], mark?: string): string | undefined {
    if (sync === undefined) return mark === undefined ? "" : undefined;
    return sync.waitFor(
      reads.flatMap(({ keys }) => namesIn(keys)),
      mark,
    );
  }

  /** Makes each command wait until a replica has what `after` names. */
  function waiting(sender: Sender, after: string): Sender {
    if (sync === undefined) return sender;
    const late = <Call extends RedisCommand | ScriptCall>(call: Call): Call => ({ ...call, after });
    return {
      send: (call) => sender.send(late(call)),
      sendAll: (commands) => sender.sendAll(commands.map(late)),
    };
  }

  async function alone(
    keys: ReadKeys,
    { signal, slideTo, fresh, after: mark }: ReadOptions,
  ): Promise<Snapshot> {
    const ex = secondsOf(slideTo);
    // A slide is a write, and goes to the primary in any case.
    const needsPrimary = fresh || (mark !== undefined && ex !== undefined);
    const after = needsPrimary ? undefined : waitFor([{ keys }], mark);
    return run({ signal }, async (sender) =>
      after === undefined
        ? snapshotOf(keys, await readAtPrimary([{ keys, ex }], sender))
        : single(waiting(sender, after), { keys, ex }),
    );
  }

  return (keys, options = {}) => {
    const { signal, fresh, after } = options;
    const isPlain = signal === undefined && !fresh && after === undefined;
    return isPlain ? batched(keys, options.slideTo) : alone(keys, options);
  };
}

const secondsOf = (slideTo: number | undefined): string | undefined =>
  slideTo === undefined ? undefined : seconds(slideTo);

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
