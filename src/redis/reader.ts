import type { ReadKeys, ReadOptions, Snapshot } from "../store.ts";
import { afterMicrotasks, createBatch } from "./batch.ts";
import { command, query, type RedisCommand, scriptCall, TOUCHES } from "./command.ts";
import type { RedisConnection } from "./connection.ts";
import { isErrorReply, isRefusal, isWrongType, storeFailure, unexpectedReply } from "./faults.ts";
import { MOST, placesOf, snapshotOf, type ValueAt, valuesIn } from "./many.ts";
import { seconds, text, whole } from "./replies.ts";
import type { Run, Send } from "./runner.ts";
import { agree } from "./value.ts";

/** A read that hasn't been sent yet. */
interface Read {
  readonly keys: ReadKeys;
  /** The seconds to live that it sets; `undefined` if it doesn't slide. */
  readonly ex: string | undefined;
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

/** Reads sessions. Reads without an AbortSignal are batched. */
export function createReader(
  run: Run,
  { afterTurn, oneServer, sendAll }: RedisConnection,
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
    try {
      await run(undefined, (send) => answer(reads, send));
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
    for (const { keys, resolve, reject } of reads) {
      try {
        resolve(snapshotOf(keys, valueAt));
      } catch (error) {
        reject(storeFailure(error));
      }
    }
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

  const single = (send: Send, read: Pick<Read, "keys" | "ex">): Promise<Snapshot> =>
    oneServer || read.keys.person === undefined ? together(send, read) : apart(send, read);

  return (keys, { signal, slideTo } = {}) =>
    new Promise((resolve, reject) => {
      const ex = slideTo === undefined ? undefined : seconds(slideTo);
      // Reads with an AbortSignal are not batched.
      if (signal === undefined) batch({ keys, ex, resolve, reject });
      else run({ signal }, (send) => single(send, { keys, ex })).then(resolve, reject);
    });
}

const expire = (key: string, ex: string): RedisCommand => command("EXPIRE", [key], [ex], TOUCHES);

/** Reads one session: by one command, or two in one round trip if it slides and has a person. */
async function together(
  send: Send,
  { keys: { session, person }, ex }: Pick<Read, "keys" | "ex">,
): Promise<Snapshot> {
  if (person === undefined) {
    const get = ex === undefined ? query("GET", [session]) : command("GETEX", [session], ["EX", ex], TOUCHES);
    try {
      return { session: text(await send(get)) };
    } catch (error) {
      if (isWrongType(error)) return { session: null };
      throw error;
    }
  }
  const mget = query("MGET", [session, person]);
  if (ex === undefined) return pairOf(await send(mget));
  return pairOf(whole(await send.all([expire(session, ex), mget])).at(-1));
}

function pairOf(reply: unknown): Snapshot {
  if (!Array.isArray(reply) || reply.length !== 2) throw unexpectedReply();
  return { session: text(reply[0]), person: text(reply[1]) };
}

/** How often a person that changes during the read is read again, before MGET is used. */
const ATTEMPTS = 3;

/**
 * Reads key by key, for a cluster: while a slot is moving, `MGET` gets TRYAGAIN, and `GET` doesn't. A session and a person that
 * don't agree may have been read at different moments, so both are read again. If the person is the same before and after its
 * session, it didn't change in between, since epochs never come back.
 */
async function apart(send: Send, { keys, ex }: Pick<Read, "keys" | "ex">): Promise<Snapshot> {
  const { session, person = "" } = keys;
  const get = async (key: string): Promise<string | null> => text(await send(query("GET", [key])));
  const gets = [query("GET", [person]), query("GET", [session])];
  const replies = whole(await send.all(ex === undefined ? gets : [expire(session, ex), ...gets]));
  let [owner = null, value = null] = replies.slice(-2).map(text);
  // A session's key that is gone never comes back.
  if (value === null || agree({ session: value, person: owner }, true) !== null)
    return { session: value, person: owner };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    value = await get(session);
    const again = await get(person);
    if (value === null || again === owner) return { session: value, person: again };
    owner = again;
  }
  return pairOf(await send(query("MGET", [session, person])));
}

/** Reads many sessions by one MGET, which names each key once. */
async function readAll(reads: readonly Read[], send: Send): Promise<ValueAt> {
  const places = placesOf(reads.map(({ keys }) => keys));
  return valuesIn(await send(query("MGET", [...places.keys()])), places);
}

/**
 * Over TCP, one script slides all sessions, since an EXPIRE for each would cost the client as much as single calls. The MGET is sent
 * right behind it, without waiting for its reply.
 */
async function slideByScript(reads: readonly Read[], send: Send): Promise<ValueAt> {
  const times = timesOf(reads);
  const slid = send(scriptCall("slide", [...times.keys()], [...times.values()], TOUCHES));
  const [valueAt] = await Promise.all([readAll(reads, send), slid]);
  return valueAt;
}

/** Over HTTP, the EXPIREs and the MGET share a request. There is no script, since some servers lock the whole database for one. */
async function slideInOneRequest(reads: readonly Read[], send: Send): Promise<ValueAt> {
  const places = placesOf(reads.map(({ keys }) => keys));
  const expires = [...timesOf(reads)].map(([session, ex]) => expire(session, ex));
  const replies = whole(await send.all([...expires, query("MGET", [...places.keys()])]));
  return valuesIn(replies.at(-1), places);
}

/** The seconds to live for each session. */
const timesOf = (reads: readonly Read[]): Map<string, string> =>
  new Map(reads.map(({ keys, ex = "" }) => [keys.session, ex]));
