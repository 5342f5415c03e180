import { StoreUnavailableError } from "../errors.ts";
import { query, type RedisCommand, type ScriptCall } from "../redis/command.ts";
import { chunksOf, MOST, placesOf, valuesIn } from "../redis/many.ts";
import { readAtPrimary } from "../redis/read-many.ts";
import { TrackingRefused } from "../redis/tracking.ts";
import type { ReadKeys, TokenStore } from "../store.ts";
import type { Followed, Look } from "./followed.ts";
import { createTracker, looksIn, type TrackListener } from "./tracker.ts";

/** Reads sessions: through the store's tracking if it has one and it works, else as a sweep. */
export interface Looker {
  /** Whether the store may report changes. */
  readonly tracks: boolean;
  /**
   * Returns looks in the order of the sessions, `undefined` for one that is no answer, and whether changes will be reported.
   *
   * @param signal - aborts when nobody waits any more, so that nothing opens a connection again
   */
  look(
    all: readonly Followed[],
    signal: AbortSignal,
  ): Promise<{
    readonly looks: readonly (Look | undefined)[];
    readonly isTracked: boolean;
  }>;
  close(): void;
}

/** Milliseconds until a link is tried again that failed, such as one connection too many. Sweeps take its place. */
export const LINK_PAUSE = 1000;

export function createLooker(store: TokenStore, listener: TrackListener): Looker {
  let tracker = store.tracking && createTracker(store.tracking, listener);
  let pausedUntil = 0;

  /** Reads sessions past the store's cache, in one round trip. */
  const sweep = manyOrEach(async (chunks, signal) => {
    const places = chunks.map(placesOf);
    const commands = places.map((keys) => query("MGET", [...keys.keys()]));
    const replies = await store.runAll(commands, { signal });
    return chunks.flatMap((chunk, at) =>
      looksIn(chunk, valuesIn(replies[at], places[at] as Map<string, number>), () => undefined),
    );
  });

  const sweepAtPrimary = manyOrEach(async (chunks, signal) => {
    const primary = { send: (call: RedisCommand | ScriptCall) => store.run(call, { signal }) };
    const looks = chunks.map(async (chunk) => {
      const reads = chunk.map((keys) => ({ keys, ex: undefined }));
      return looksIn(chunk, await readAtPrimary(reads, primary), () => undefined);
    });
    return (await Promise.all(looks)).flat();
  });

  /** A sweep may be answered by a replica that lags. What it tells of an end, or of older data, the primary has to confirm. */
  async function sweepSurely(all: readonly Followed[], signal: AbortSignal): Promise<(Look | undefined)[]> {
    const looks = await sweep(
      all.map(({ keys }) => keys),
      signal,
    );
    const doubtful = all.filter((followed, at) => followed.doubts(looks[at]));
    if (doubtful.length === 0) return looks;
    try {
      const confirmed = await sweepAtPrimary(
        doubtful.map(({ keys }) => keys),
        signal,
      );
      const sure = new Map(doubtful.map((followed, at) => [followed, confirmed[at]]));
      return all.map((followed, at) => (sure.has(followed) ? sure.get(followed) : looks[at]));
    } catch (error) {
      // Without the right to run scripts nothing can be confirmed, and an end that is never told would be worse than a wrong one.
      if (isRefused(error)) return looks;
      throw error;
    }
  }

  return {
    get tracks() {
      return tracker !== undefined;
    },
    async look(all, signal) {
      try {
        if (tracker !== undefined && performance.now() >= pausedUntil) {
          const keys = all.map((followed) => followed.keys);
          return { looks: await tracker.read(keys, signal), isTracked: true };
        }
      } catch (error) {
        signal.throwIfAborted();
        pausedUntil = performance.now() + LINK_PAUSE;
        if (error instanceof TrackingRefused) {
          tracker?.close();
          tracker = undefined;
        }
      }
      return { looks: await sweepSurely(all, signal), isTracked: false };
    },
    close() {
      tracker?.close();
    },
  };
}

const isRefused = (error: unknown): boolean =>
  error instanceof StoreUnavailableError && ["server", "auth"].includes(error.reason);

/** Reads many sessions with one command, or each with a command of its own once the server has refused that: in a cluster. */
function manyOrEach(
  read: (chunks: readonly (readonly ReadKeys[])[], signal: AbortSignal) => Promise<(Look | undefined)[]>,
): (all: readonly ReadKeys[], signal: AbortSignal) => Promise<(Look | undefined)[]> {
  let readsTogether = true;
  return async (all, signal) => {
    try {
      if (readsTogether) return await read(chunksOf(all, MOST), signal);
    } catch (error) {
      if (!isRefused(error)) throw error;
    }
    const looks = await read(chunksOf(all, 1), signal);
    // Only now is it known that the server didn't refuse for another reason, such as a quota.
    readsTogether = false;
    return looks;
  };
}
