import { type Moment, millisecondsBetween, presentMoment } from "../lib/moment.ts";
import type { RedisExecutor } from "../store.ts";
import { bySlot } from "./by-slot.ts";
import { seconds } from "./replies.ts";
import { tellOfWrites } from "./writes.ts";

/** How many sessions' last slides are remembered. A forgotten session slides once more than necessary. */
const REMEMBERED = 20_000;

/**
 * Restarts a session's idle timeout at most once in `every` seconds. Reads in between don't write.
 *
 * @param every - seconds, limited to half of a session's own idle timeout, so that a session in use doesn't end
 */
export function withExtendEvery(store: RedisExecutor, every: number): RedisExecutor {
  const slidAt = bySlot<Moment>(REMEMBERED);
  return {
    ...store,
    ...tellOfWrites(store, slidAt.forget),
    async read(keys, options) {
      const slideTo = options?.slideTo;
      if (slideTo === undefined) return store.read(keys, options);
      seconds(slideTo);
      const asked = presentMoment();
      const last = slidAt.get(keys.session);
      const sinceSlide = last && millisecondsBetween(last, asked);
      if (sinceSlide !== undefined && sinceSlide < Math.min(every, slideTo / 2) * 1000) {
        return { ...(await store.read(keys, { ...options, slideTo: undefined })), sinceSlide };
      }
      const snapshot = await store.read(keys, options);
      if (snapshot.session !== null) slidAt.set(keys.session, asked);
      return { ...snapshot, sinceSlide: 0 };
    },
  };
}
