import type { ServiceParts } from "../parts.ts";
import type { AnyRwt, OutputOf } from "../rwt.ts";
import { addFeature, type Methods } from "../service.ts";
import { refusePromise } from "../token/token.ts";
import { createFollower, type Follower } from "./follower.ts";
import { readWatchCall, readWatchOptions, type WatchOptions, type WatchSettings } from "./options.ts";
import { watchSession } from "./session-watch.ts";
import type { SessionWatch, WatchCallOptions, WatchMethods } from "./types.ts";

/**
 * Tells when a session ends or changes while something long depends on it: a WebSocket, server-sent events, a subscription.
 *
 * Over TCP, with ioredis and node-redis, Redis reports the changes itself, by client tracking, which needs no setting of the server. All
 * watched sessions share a connection, and an end is reported within 100 ms. Elsewhere one look at all watched sessions, in one
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
    const watches = createWatches(settings);
    return addFeature(service, {
      name: "watch",
      methods: (methods, parts) => watchMethods(methods, parts, watches),
    }) as never;
  };
}

/** All watches, with one follower, or one for each where requests share nothing. They outlive the addition of other features. */
interface Watches {
  start(parts: ServiceParts, token: unknown, signal: AbortSignal | undefined): SessionWatch;
  stop(): void;
}

function createWatches(settings: WatchSettings): Watches {
  const followers = new Set<Follower>();
  const watches = new Set<SessionWatch>();

  function followerFor({ settings: { store, now } }: ServiceParts): Follower {
    const [first] = followers;
    if (settings.shared && first !== undefined) return first;
    const made = createFollower(store, now, settings);
    followers.add(made);
    return made;
  }

  return {
    start(parts, token, signal) {
      const follower = followerFor(parts);
      const watching = watchSession(parts, follower, token, signal);
      watches.add(watching);
      void watching.ended.then(() => {
        watches.delete(watching);
        if (!settings.shared) followers.delete(follower);
      });
      return watching;
    },
    stop() {
      // Those too that no follower has yet, since their tokens are still being opened.
      for (const watching of watches) watching.stop();
      for (const follower of followers) follower.stop();
    },
  };
}

function watchMethods(methods: Methods, parts: ServiceParts, watches: Watches): object {
  return {
    watch(token: unknown, options: WatchCallOptions = {}): SessionWatch {
      const { signal } = readWatchCall(options);
      refusePromise(token);
      return watches.start(parts, token, signal);
    },
    async disconnect() {
      watches.stop();
      await methods.disconnect();
    },
  };
}
