import { OptionTypeError } from "../errors.ts";
import type { ServiceParts } from "../parts.ts";
import type { AnyRwt, OutputOf } from "../rwt.ts";
import { addFeature, type Methods } from "../service.ts";
import { createFollower, type Follower } from "./follower.ts";
import { readWatchCall, readWatchOptions, type WatchOptions, type WatchSettings } from "./options.ts";
import { watchSession } from "./session-watch.ts";
import type { SessionWatch, WatchCallOptions, WatchMethods } from "./types.ts";

/**
 * Tells when a session ends or changes while something long depends on it: a WebSocket, server-sent events, a subscription.
 *
 * Over TCP, with ioredis and node-redis, Redis reports the changes itself, by client tracking, which needs no setting of the server. All
 * watched sessions share a connection, and an end is told within 100 ms. Elsewhere one look at all watched sessions, in one
 * request, every few seconds finds it. `memoryStore` tells it at once.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 * import { watch } from "redis-web-token/watch";
 *
 * const rwt = createRwt<{ id: string }>({ store: memoryStore(), secret: "s".repeat(32) }).with(watch());
 * const token = await rwt.sign({ id: "42" });
 * for await (const event of rwt.watch(token, { signal: AbortSignal.timeout(60_000) })) {
 *   if (event.type === "ended") console.log(event.reason);
 * }
 * ```
 */
export function watch(
  options: WatchOptions = {},
): <Service extends AnyRwt>(service: Service) => Service & WatchMethods<OutputOf<Service>> {
  const settings = readWatchOptions(options);
  return (service) => {
    const followers = createFollowers(settings);
    return addFeature(service, {
      name: "watch",
      methods: (methods, parts) => watchMethods(methods, parts, followers),
    }) as never;
  };
}

/** One follower for all watches, or one for each where requests share nothing. They outlive the addition of other features. */
interface Followers {
  of(parts: ServiceParts): Follower;
  /** Forgets a follower that isn't shared, once its watch has ended. */
  release(follower: Follower): void;
  stop(): void;
}

function createFollowers(settings: WatchSettings): Followers {
  const all = new Set<Follower>();
  return {
    of({ settings: { store, now } }) {
      const [first] = all;
      if (settings.shared && first !== undefined) return first;
      const made = createFollower(store, now, settings);
      all.add(made);
      return made;
    },
    release(follower) {
      if (!settings.shared) all.delete(follower);
    },
    stop() {
      for (const follower of all) follower.stop();
    },
  };
}

function watchMethods(methods: Methods, parts: ServiceParts, followers: Followers): object {
  return {
    watch(token: unknown, options: WatchCallOptions = {}): SessionWatch {
      const { signal } = readWatchCall(options);
      if (token instanceof Promise)
        throw new OptionTypeError("token", "token must be text, not a promise: await what sign returns");
      const follower = followers.of(parts);
      const watching = watchSession(parts, follower, token, signal);
      void watching.ended.then(() => followers.release(follower));
      return watching;
    },
    async disconnect() {
      followers.stop();
      await methods.disconnect();
    },
  };
}
