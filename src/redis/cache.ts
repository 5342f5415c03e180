import { type Moment, millisecondsBetween, presentMoment } from "../lib/moment.ts";
import type { RedisExecutor, Snapshot } from "../store.ts";
import { type BySlot, bySlot } from "./by-slot.ts";
import type { RedisConnection } from "./connection.ts";
import type { CacheSettings } from "./options.ts";
import { seconds } from "./replies.ts";
import { tellOfWrites } from "./writes.ts";

/** A session that was read recently. */
interface Kept {
  readonly snapshot: Snapshot;
  /** Whether that read restarted the idle timeout. */
  readonly slid: boolean;
  /** When that read was sent. */
  readonly asked: Moment;
  /** For how many milliseconds from then it may be answered from memory. */
  readonly lifetime: number;
}

/**
 * Answers reads from this process's memory for `ttl` seconds. A change to a key of the session or its person invalidates the entry,
 * whether it goes through this store or the connection's `watch` reports it. Missing sessions are never cached. A read with `fresh`
 * or `after` isn't answered from memory.
 */
export function withCache(
  store: RedisExecutor,
  { ttl, max, onUntracked }: CacheSettings,
  watch: RedisConnection["watch"],
): RedisExecutor {
  const kept: BySlot<Kept> = bySlot(max);
  let changes = 0;
  const changed = (key: string | null): void => {
    changes++;
    if (key === null) kept.clear();
    else kept.forget(key);
  };
  watch?.(changed, onUntracked);

  return {
    ...store,
    ...tellOfWrites(store, changed),
    async read(keys, options) {
      const slideTo = options?.slideTo;
      if (slideTo !== undefined) seconds(slideTo);
      options?.signal?.throwIfAborted();
      const asked = presentMoment();
      const isPlain = !options?.fresh && options?.after === undefined;
      const found = isPlain ? kept.get(keys.session) : undefined;
      if (found !== undefined && isValid(found, asked) && (slideTo === undefined || found.slid))
        return found.snapshot;
      const before = changes;
      const snapshot = await store.read(keys, options);
      // If anything changed during the read, the reply may be older than the change.
      const isOlder = changes !== before;
      // What is in memory, and the replies that other reads are waiting for, may be older than this reply.
      if (!isPlain) changed(keys.session);
      if (snapshot.session === null || snapshot.person === null || isOlder) return snapshot;
      // An answer from memory doesn't slide, so use it for half of the idle timeout at most: the rest is left for a read that slides.
      const untilSlide =
        slideTo === undefined ? Number.POSITIVE_INFINITY : slideTo * 500 - (snapshot.sinceSlide ?? 0);
      const lifetime = Math.min(ttl * 1000, untilSlide);
      kept.set(keys.session, { snapshot, slid: slideTo !== undefined, asked, lifetime });
      return snapshot;
    },
    async disconnect() {
      changed(null);
      await store.disconnect();
    },
  };
}

const isValid = ({ asked, lifetime }: Kept, now: Moment): boolean =>
  millisecondsBetween(asked, now) < lifetime;
