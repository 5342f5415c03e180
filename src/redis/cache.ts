import type { RedisExecutor, Snapshot } from "../store.ts";
import { type BySlot, bySlot } from "./by-slot.ts";
import type { RedisConnection } from "./connection.ts";
import type { CacheSettings } from "./options.ts";
import { seconds } from "./replies.ts";
import { tellOfWrites } from "./writes.ts";

/** A session as it was read not long ago. */
interface Kept {
  readonly snapshot: Snapshot;
  /** Whether the read that found it slid its idle timeout. */
  readonly slid: boolean;
  /** Until when it may be used, on `performance`'s clock, which nobody sets back. */
  readonly until: number;
}

/**
 * Answers reads from this process's own memory for some seconds. A session is forgotten once one of its keys, or of its
 * person's, changes by what goes through this store, or by what the connection is told. That a session is gone is never
 * kept.
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
      const asked = performance.now();
      const found = kept.get(keys.session);
      if (found !== undefined && asked < found.until && (slideTo === undefined || found.slid))
        return found.snapshot;
      const before = changes;
      const snapshot = await store.read(keys, options);
      // Where something changed while the answer was on its way, it may be of before.
      if (snapshot.session === null || snapshot.person === null || changes !== before) return snapshot;
      // An answer from memory slides nothing, so that half of the idle timeout is left for a read that does.
      const slides =
        slideTo === undefined ? Number.POSITIVE_INFINITY : (snapshot.slidAt ?? asked) + slideTo * 500;
      const until = Math.min(asked + ttl * 1000, slides);
      kept.set(keys.session, { snapshot, slid: slideTo !== undefined, until });
      return snapshot;
    },
    async disconnect() {
      changed(null);
      await store.disconnect();
    },
  };
}
