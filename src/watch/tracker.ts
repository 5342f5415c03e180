import { withTimeLimit } from "../lib/time-limit.ts";
import { query } from "../redis/command.ts";
import { chunksOf, MOST, placesOf, snapshotOf, valuesIn } from "../redis/many.ts";
import type { StoreTracking, TrackingLink } from "../redis/tracking.ts";
import type { ReadKeys } from "../store.ts";
import type { Look } from "./followed.ts";

/** What a tracker reports. */
export interface TrackListener {
  /** A key that was read through the tracker has changed. It is reported once, until it is read again. */
  changed(key: string): void;
  /** Any key may have changed, and none is tracked until it is read again. */
  lost(): void;
}

/** Reads sessions over one link at a time, and reports when they change. A link that fails is closed, and the next read opens another. */
export interface Tracker {
  /** Reads sessions, `undefined` for one whose value is no answer, and tracks them from then on. */
  read(all: readonly ReadKeys[], signal: AbortSignal): Promise<readonly (Look | undefined)[]>;
  /** Closes the link. The next `read` opens another. */
  close(): void;
}

export function createTracker({ open, timeout }: StoreTracking, listener: TrackListener): Tracker {
  let current: { readonly link: Promise<TrackingLink> } | undefined;

  /** Forgets a link, and closes it as soon as it is open. */
  function drop(which: typeof current): void {
    if (which === undefined || current !== which) return;
    current = undefined;
    which.link.then(
      (link) => link.close(),
      () => {},
    );
  }

  function lose(which: typeof current): void {
    if (which === undefined || current !== which) return;
    drop(which);
    listener.lost();
  }

  function start(signal: AbortSignal): NonNullable<typeof current> {
    const link = open(
      {
        changed(key) {
          if (current !== mine) return;
          if (key === null) listener.lost();
          else listener.changed(key);
        },
        lost: () => lose(mine),
      },
      signal,
    );
    const mine = { link };
    current = mine;
    return mine;
  }

  return {
    async read(all, stopped) {
      let used: typeof current;
      try {
        return await withTimeLimit(timeout, stopped, async ({ signal }) => {
          used = current ?? start(signal);
          return readAll(await used.link, all, signal);
        });
      } catch (error) {
        lose(used);
        throw error;
      }
    },
    close: () => drop(current),
  };
}

/** Sends an MGET for many sessions and a PTTL for each, all at once. Redis tracks the keys of both. */
async function readAll(
  link: TrackingLink,
  all: readonly ReadKeys[],
  signal: AbortSignal,
): Promise<(Look | undefined)[]> {
  const chunks = chunksOf(all, MOST).map(async (chunk) => {
    const places = placesOf(chunk);
    const values = link.send(query("MGET", [...places.keys()]), signal);
    const times = chunk.map(({ session }) => link.send(query("PTTL", [session]), signal));
    const [reply, ...idles] = await Promise.all([values, ...times]);
    return looksIn(chunk, valuesIn(reply, places), (at) => Number(idles[at]));
  });
  const [looks] = await Promise.all([Promise.all(chunks), link.hears?.()]);
  return looks.flat();
}

/** @param idleAt - milliseconds until the idle timeout of each session */
export const looksIn = (
  all: readonly ReadKeys[],
  valueAt: ReturnType<typeof valuesIn>,
  idleAt: (at: number) => number | undefined,
): (Look | undefined)[] =>
  all.map((keys, at) => {
    try {
      return { snapshot: snapshotOf(keys, valueAt), idle: idleAt(at) };
    } catch {
      return undefined;
    }
  });
