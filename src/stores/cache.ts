import { type BySlot, bySlot } from "./by-slot.ts";
import { tellOfChanges } from "./changes.ts";
import type { CacheSettings } from "./options.ts";
import { type RedisConnection, type RedisStore, seconds } from "./redis.ts";

/** A session's text as it was read of late. */
interface Kept {
  readonly text: string;
  /** Whether the read that found it slid its idle time-out. */
  readonly slid: boolean;
  /** Until when it may be used, on `performance`'s clock, which nobody sets back. */
  readonly until: number;
}

/**
 * Answers reads from this process's own memory for some seconds. What is known to have changed is let go: by what goes through
 * this store, and by what the connection is told of. That a session is gone is never kept.
 */
export function withCache(
  store: RedisStore,
  { ttl, max }: CacheSettings,
  watch: RedisConnection["watch"],
): RedisStore {
  const kept: BySlot<Kept> = bySlot(max);
  let changes = 0;
  const changed = (key: string | null): void => {
    changes++;
    if (key === null) kept.clear();
    else kept.forget(key);
  };
  watch?.(changed);

  return {
    ...tellOfChanges(store, changed),
    async read(key, options) {
      const slideTo = options?.slideTo;
      if (slideTo !== undefined) seconds(slideTo);
      options?.signal?.throwIfAborted();
      const asked = performance.now();
      const found = kept.get(key);
      // One that slides the time-out is content with one that did, and no older than the time-out itself.
      if (found !== undefined && asked < found.until && (slideTo === undefined || found.slid))
        return found.text;
      const before = changes;
      const text = await store.read(key, options);
      // Something changed while the answer was on its way: it may be of before.
      if (text === null || changes !== before) return text;
      const life = Math.min(ttl, slideTo ?? ttl);
      kept.set(key, { text, slid: slideTo !== undefined, until: asked + life * 1000 });
      return text;
    },
    async disconnect() {
      changed(null);
      await store.disconnect();
    },
  };
}
