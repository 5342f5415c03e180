import type { ReadKeys, TokenStore } from "../store.ts";
import type { Opened } from "../token/memo.ts";
import { createAlarm } from "./alarm.ts";
import { Followed, type Look, type Sink } from "./followed.ts";
import { createLooker, LINK_PAUSE } from "./looker.ts";
import type { WatchSettings } from "./options.ts";

/** Follows sessions for all watches of a service. */
export interface Follower {
  /** Follows a session, and looks at it soon. Returns a function that ends that. */
  follow(opened: Opened, sink: Sink): () => void;
  /** Looks at a session again, after a pause if `isRetry`. */
  again(key: string, isRetry: boolean): void;
  /** Stops all watches. */
  stop(): void;
}

/** Sessions in one look: few where changes are reported, so that none waits long for others to be looked at. */
const MOST = { tracked: 256, swept: 1024 };
/** Milliseconds between two looks, so that changes that come close together share one. */
const GAP = 10;
/** Milliseconds until a failed look is repeated: more each time. */
const RETRY = { first: 200, most: 2000 };
/** Milliseconds until the connection is closed at the latest after the last watch has ended. */
const LINGER = 5000;
/**
 * Where changes are reported, each tick looks at a part of the sessions all the same, at least `SLICE`: so a dead connection is noticed
 * soon, and a report that got lost does no lasting harm.
 */
const PARTS = 12;
const SLICE = 64;

export function createFollower(
  store: TokenStore,
  now: () => number,
  { every, unknownAfter }: WatchSettings,
): Follower {
  const all = new Map<string, Followed>();
  /** The followed sessions of each person. */
  const persons = new Map<string, Set<Followed>>();
  /** To be looked at: those that changed or are new, and after them those whose turn it is. */
  const dirty = new Set<Followed>();
  const routine = new Set<Followed>();
  /** Ends the look that is under way. */
  let looking: AbortController | undefined;
  let retryAfter = 0;
  let failingSince: number | undefined;
  /** Whether the watches know that Redis doesn't answer. */
  let isTold = false;
  let slices: Iterator<Followed> = all.values();
  let unlisten: (() => void) | undefined;

  const looker = createLooker(store, {
    changed(key) {
      const followed = all.get(key);
      if (followed !== undefined) touch(followed);
      for (const one of persons.get(key) ?? []) touch(one);
    },
    lost() {
      for (const followed of all.values()) touch(followed, routine);
    },
  });
  /** Runs the next look. */
  const soon = createAlarm(() => void look());
  /** Looks at what is due to end by itself. */
  const due = createAlarm(lookAtDue);
  const tick = createAlarm(onTick);

  function touch(followed: Followed, set = dirty): void {
    followed.isTracked = false;
    set.add(followed);
    if (looking === undefined) soon.before(retryAfter || GAP);
  }

  async function look(): Promise<void> {
    const chosen = looking === undefined ? choose() : [];
    if (chosen.length === 0) return;
    const mine = new AbortController();
    looking = mine;
    try {
      const { looks, isTracked } = await looker.look(chosen, mine.signal);
      answered();
      chosen.forEach((followed, at) => {
        // A change that was reported during the look makes it dirty again.
        if (!isTracked) forget(followed);
        followed.isTracked = isTracked && !dirty.has(followed) && !routine.has(followed);
        settle(followed, looks[at]);
      });
      if (!isTracked && looker.tracks && all.size > 0) tick.before(LINK_PAUSE);
    } catch {
      if (!mine.signal.aborted) failed(chosen);
    } finally {
      looking = undefined;
    }
    const left = dirty.size + routine.size;
    if (left > 0) soon.before(retryAfter || (left > most() ? 0 : GAP));
  }

  const most = (): number => (looker.tracks ? MOST.tracked : MOST.swept);

  function choose(): Followed[] {
    const chosen: Followed[] = [];
    for (const set of [dirty, routine]) {
      for (const followed of set) {
        if (chosen.length === most()) return chosen;
        dirty.delete(followed);
        routine.delete(followed);
        chosen.push(followed);
      }
    }
    return chosen;
  }

  function forget(followed: Followed): void {
    dirty.delete(followed);
    routine.delete(followed);
  }

  function settle(followed: Followed, found: Look | undefined): void {
    if (all.get(followed.keys.session) !== followed) return;
    let judged: ReturnType<Followed["judge"]> | undefined;
    try {
      judged = found && followed.judge(found, now());
    } catch {
      // As without a value: it is no answer.
    }
    if (judged === undefined) {
      // The next tick looks again.
      followed.isTracked = false;
      return;
    }
    if (typeof judged !== "string") {
      for (const sink of [...followed.sinks]) sink.found(judged);
      if (followed.due - performance.now() < every) due.before(followed.due - performance.now());
      return;
    }
    remove(followed);
    for (const sink of [...followed.sinks]) sink.ended(judged);
  }

  function answered(): void {
    retryAfter = 0;
    failingSince = undefined;
    isTold = false;
  }

  function failed(chosen: readonly Followed[]): void {
    for (const followed of chosen) if (all.get(followed.keys.session) === followed) routine.add(followed);
    retryAfter = Math.min(retryAfter * 2 || RETRY.first, RETRY.most);
    failingSince ??= performance.now();
    if (!isTold && performance.now() - failingSince >= unknownAfter) tell();
  }

  function tell(): void {
    isTold = true;
    for (const { sinks } of all.values()) for (const sink of [...sinks]) sink.unknown();
  }

  function lookAtDue(): void {
    const reached = performance.now() + 1;
    for (const followed of all.values()) if (followed.due <= reached) touch(followed);
  }

  function onTick(): void {
    if (all.size === 0) {
      rest();
      return;
    }
    const [time, unixTime] = [performance.now(), now()];
    for (const followed of all.values()) {
      if (!followed.isTracked || followed.isOver(unixTime)) touch(followed, routine);
      else if (followed.due - time < every) due.before(followed.due - time);
    }
    for (let left = Math.max(SLICE, all.size / PARTS); left > 0; left--) {
      const { value, done } = slices.next();
      if (done) {
        slices = all.values();
        break;
      }
      touch(value, routine);
    }
    tick.before(every);
  }

  function add({ redis, deadline }: Opened): Followed {
    const keys: ReadKeys = { session: redis.session, person: redis.person };
    const followed = new Followed(keys, deadline);
    all.set(keys.session, followed);
    if (keys.person !== undefined) {
      const others = persons.get(keys.person) ?? new Set();
      persons.set(keys.person, others.add(followed));
    }
    tick.before(every);
    unlisten ??= store.tracking?.onDisconnect(stop);
    return followed;
  }

  function remove(followed: Followed): void {
    const { session, person } = followed.keys;
    if (all.get(session) !== followed) return;
    all.delete(session);
    forget(followed);
    if (person !== undefined) {
      const others = persons.get(person);
      others?.delete(followed);
      if (others?.size === 0) persons.delete(person);
    }
    if (all.size > 0) return;
    for (const alarm of [soon, due]) alarm.cancel();
    if (looker.tracks) {
      // A connection stays open for a moment, for a watch that may follow soon.
      tick.before(LINGER);
      return;
    }
    tick.cancel();
    rest();
  }

  /** Holds no connection while nobody watches, and no place among the store's listeners, which may outlive this service. */
  function rest(): void {
    looker.close();
    unlisten?.();
    unlisten = undefined;
  }

  function stop(): void {
    const stopped = [...all.values()];
    for (const followed of stopped) remove(followed);
    tick.cancel();
    looking?.abort();
    rest();
    for (const { sinks } of stopped) for (const sink of [...sinks]) sink.stopped();
  }

  return {
    follow(opened, sink) {
      const followed = all.get(opened.redis.session) ?? add(opened);
      followed.sinks.add(sink);
      followed.generation = Math.max(followed.generation, opened.generation);
      if (isTold) sink.unknown();
      touch(followed);
      return () => {
        followed.sinks.delete(sink);
        if (followed.sinks.size === 0) remove(followed);
      };
    },
    again(key, isRetry) {
      const followed = all.get(key);
      if (followed === undefined) return;
      if (isRetry) retryAfter ||= RETRY.first;
      touch(followed);
    },
    stop,
  };
}
