import { bySlot } from "./by-slot.ts";
import { tellOfChanges } from "./changes.ts";
import { type RedisStore, seconds } from "./redis.ts";

/** How many sessions' last slides are remembered; one forgotten slides once more. */
const REMEMBERED = 20_000;

/**
 * Slides a session's idle time-out at most once in so many seconds, and reads without a write in between.
 *
 * @param every - seconds; at most half of a session's own idle time-out, lest a session in use should end
 */
export function withExtendEvery(store: RedisStore, every: number): RedisStore {
  const slidAt = bySlot<number>(REMEMBERED);
  return {
    ...tellOfChanges(store, slidAt.forget),
    async read(key, options) {
      const slideTo = options?.slideTo;
      if (slideTo === undefined) return store.read(key, options);
      seconds(slideTo);
      const asked = performance.now();
      const last = slidAt.get(key);
      if (last !== undefined && asked - last < Math.min(every, slideTo / 2) * 1000) {
        return store.read(key, { signal: options?.signal });
      }
      const text = await store.read(key, options);
      if (text !== null) slidAt.set(key, asked);
      return text;
    },
  };
}
