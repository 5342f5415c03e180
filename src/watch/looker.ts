import { StoreUnavailableError } from "../errors.ts";
import { query } from "../redis/command.ts";
import { chunksOf, MOST, placesOf, valuesIn } from "../redis/many.ts";
import { TrackingRefused } from "../redis/tracking.ts";
import type { ReadKeys, TokenStore } from "../store.ts";
import type { Look } from "./followed.ts";
import { createTracker, looksIn, type TrackListener } from "./tracker.ts";

/** Reads sessions: through the store's tracking if it has one and it works, else as a sweep. */
export interface Looker {
  /** Whether the store may report changes. */
  readonly tracks: boolean;
  /** @returns the looks in the order of the keys, `undefined` for one that is no answer, and whether changes will be reported */
  look(all: readonly ReadKeys[]): Promise<{
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
  /** Whether one command may read many sessions: not in a cluster. */
  let readsTogether = true;

  /** Reads sessions past the store's cache, in one round trip. */
  async function sweep(all: readonly ReadKeys[]): Promise<(Look | undefined)[]> {
    const chunks = chunksOf(all, readsTogether ? MOST : 1);
    const places = chunks.map(placesOf);
    const replies = await store.runAll(places.map((keys) => query("MGET", [...keys.keys()])));
    return chunks.flatMap((chunk, at) =>
      looksIn(chunk, valuesIn(replies[at], places[at] as Map<string, number>), () => undefined),
    );
  }

  async function sweepAnyhow(all: readonly ReadKeys[]): Promise<(Look | undefined)[]> {
    try {
      return await sweep(all);
    } catch (error) {
      const isRefused =
        error instanceof StoreUnavailableError && ["server", "auth"].includes(error.reason) && readsTogether;
      if (!isRefused) throw error;
      readsTogether = false;
      return sweep(all);
    }
  }

  return {
    get tracks() {
      return tracker !== undefined;
    },
    async look(all) {
      try {
        if (tracker !== undefined && performance.now() >= pausedUntil)
          return { looks: await tracker.read(all), isTracked: true };
      } catch (error) {
        pausedUntil = performance.now() + LINK_PAUSE;
        if (error instanceof TrackingRefused) {
          tracker?.close();
          tracker = undefined;
        }
      }
      return { looks: await sweepAnyhow(all), isTracked: false };
    },
    close() {
      tracker?.close();
    },
  };
}
