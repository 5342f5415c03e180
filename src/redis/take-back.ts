import { StoreUnavailableError } from "../errors.ts";
import type { Background } from "../lib/background.ts";
import type { NewSession, RedisExecutor, StoreCallOptions, StoredSession } from "../store.ts";
import { BACKGROUND, type ScriptCall, scriptCall } from "./command.ts";
import { flag } from "./replies.ts";

/** Milliseconds to wait after an attempt that got no answer: the first time, and at most. */
const SHORTEST_WAIT = 50;
const LONGEST_WAIT = 5000;

/**
 * Milliseconds until the next attempt after Redis answered that there is no such session. A command whose reply was lost may
 * still be in a socket, and store it later.
 */
const RECHECKS: readonly number[] = [100, 1000, 9000];

/** How many sessions may wait. Beyond that the one that waits longest is left to idle out. */
const CAPACITY = 10_000;

/** Failures of a sign after which the session may be stored all the same. */
const UNCERTAIN: ReadonlySet<string> = new Set(["timeout", "network", "server", "replicas", "reply"]);

interface Waiting {
  readonly member: string;
  readonly call: ScriptCall;
  /** When to try next, and when the session has idled out by itself: milliseconds on `performance`'s clock. */
  readonly dueAt: number;
  readonly until: number;
  /** How often Redis has answered that there is no such session. */
  readonly misses: number;
}

/** Takes back sessions that may be stored though nobody holds their token. */
export interface TakeBack {
  /** Ends the session as soon as Redis answers. */
  add(session: StoredSession): void;
  /** The names, in their persons' indexes, of the sessions that are to be ended. */
  members(): Iterable<string>;
  /** Gives what runs the commands of a sign, and takes the session back where one of them gets no answer. */
  guard(session: NewSession): Pick<RedisExecutor, "run">;
}

/**
 * Ends the sessions one after another in the background. While Redis doesn't answer there is one attempt at a time, however many
 * sessions wait.
 */
export function createTakeBack({ run }: Pick<RedisExecutor, "run">, background: Background): TakeBack {
  const waiting = new Map<string, Waiting>();
  let isRunning = false;

  async function work({ signal }: StoreCallOptions): Promise<void> {
    let wait = SHORTEST_WAIT;
    while (waiting.size > 0 && !signal?.aborted) {
      const now = performance.now();
      const all = [...waiting.values()];
      const due = all.find(({ dueAt }) => dueAt <= now);
      if (due === undefined) {
        await pause(Math.min(...all.map(({ dueAt }) => dueAt)) - now, signal);
        continue;
      }
      const isAnswered = await attempt(due, signal);
      if (!isAnswered) await pause(wait, signal);
      wait = isAnswered ? SHORTEST_WAIT : Math.min(2 * wait, LONGEST_WAIT);
    }
  }

  /** Tries to end a session; where it has to be tried again, it waits behind the others. */
  async function attempt(one: Waiting, signal: AbortSignal | undefined): Promise<boolean> {
    const reply = await run(one.call, { signal }).then(flag, () => undefined);
    const now = performance.now();
    const misses = reply === undefined ? one.misses : one.misses + 1;
    const delay = reply === undefined ? 0 : RECHECKS[one.misses];
    waiting.delete(one.member);
    if (!reply && delay !== undefined && now < one.until)
      waiting.set(one.member, { ...one, misses, dueAt: now + delay });
    return reply !== undefined;
  }

  function add({ redis: { session, person, index, member }, ttl }: StoredSession): void {
    const keys = person === undefined || index === undefined ? [session] : [session, person, index];
    const call = scriptCall("destroy", keys, [member, "1"], BACKGROUND);
    const now = performance.now();
    waiting.set(member, { member, call, dueAt: now, until: now + ttl * 1000, misses: 0 });
    const [longest] = waiting.keys();
    if (waiting.size > CAPACITY && longest !== undefined) waiting.delete(longest);
    if (isRunning) return;
    isRunning = true;
    background.start((options) =>
      work(options).finally(() => {
        isRunning = false;
        waiting.clear();
      }),
    );
  }

  return {
    add,
    members: () => waiting.keys(),
    guard(session) {
      const { stops } = background;
      return {
        async run(call, options) {
          options?.signal?.throwIfAborted();
          try {
            return await run(call, options);
          } catch (error) {
            // After `disconnect` nothing may open a connection again.
            if (background.stops === stops && isUncertain(error, options)) add(session);
            throw error;
          }
        },
      };
    },
  };
}

function isUncertain(error: unknown, { signal }: StoreCallOptions = {}): boolean {
  if (error instanceof StoreUnavailableError) return UNCERTAIN.has(error.reason);
  return signal?.aborted === true;
}

/** Waits, unless the signal aborts; keeps no process alive. */
const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    (timer as { unref?: () => void }).unref?.();
    signal?.addEventListener("abort", end);
  });
