import { StoreUnavailableError } from "../errors.ts";
import type { Background } from "../lib/background.ts";
import { onAbort } from "../lib/on-abort.ts";
import type { NewSession, RedisExecutor, StoreCallOptions, StoredSession } from "../store.ts";
import { BACKGROUND, type ScriptCall, scriptCall } from "./command.ts";
import { flag } from "./replies.ts";

/** Milliseconds to wait after an attempt without an answer: at first, and at most. */
const SHORTEST_WAIT = 50;
const LONGEST_WAIT = 5000;

/**
 * Milliseconds until the next attempt after Redis replied that there is no such session: a command whose reply was lost may still be
 * in a socket, and store the session later.
 */
const RECHECKS: readonly number[] = [100, 1000, 9000, 110_000];

/**
 * Milliseconds without any progress after which the loop counts as gone, and another takes over: on Workers nothing outlives the
 * request that began it.
 */
const STUCK = 60_000;

/** How many sessions may wait. Beyond that, the first in the queue is dropped, and its session ends by its idle timeout. */
const CAPACITY = 10_000;

/** Failures of a sign after which the session may still have been stored. */
const UNCERTAIN: ReadonlySet<string> = new Set(["timeout", "network", "server", "replicas", "reply"]);

interface Waiting {
  readonly member: string;
  readonly call: ScriptCall;
  /** When to try next, and when the session has expired by itself: milliseconds on `performance`'s clock. */
  readonly dueAt: number;
  readonly until: number;
  /** How often Redis has answered. */
  readonly answers: number;
}

/** The loop that ends the sessions, one after another. */
interface Loop {
  readonly signal: AbortSignal;
  /** Until when it must make progress, or else counts as gone: milliseconds on `performance`'s clock. */
  movesBy: number;
  /** Ends its wait for the next session that is due. */
  wake: (() => void) | undefined;
}

/** Ends sessions that may have been stored although nobody holds their token. */
export interface TakeBack {
  /** Ends the session as soon as Redis answers. */
  add(session: StoredSession): void;
  /** Whether the session with this name, in its person's index, waits to be ended. */
  has(member: string): boolean;
  /** Stores a session, and ends it in the background if `store` fails in a way that leaves open whether it was stored. */
  guard<T>(session: NewSession, options: StoreCallOptions, store: () => Promise<T>): Promise<T>;
}

/**
 * Ends the sessions one after another in the background, so that a Redis that doesn't answer gets one attempt at a time, however
 * many sessions wait.
 */
export function createTakeBack({ run }: Pick<RedisExecutor, "run">, background: Background): TakeBack {
  const waiting = new Map<string, Waiting>();
  let loop: Loop | undefined;

  async function work(own: Loop): Promise<void> {
    const { signal } = own;
    let wait = SHORTEST_WAIT;
    const isOn = (): boolean => loop === own && waiting.size > 0 && !signal.aborted;
    while (isOn()) {
      const now = performance.now();
      let next = Number.POSITIVE_INFINITY;
      let due: Waiting | undefined;
      for (const one of waiting.values()) {
        if (one.dueAt <= now) {
          due = one;
          break;
        }
        next = Math.min(next, one.dueAt);
      }
      own.movesBy = now + STUCK + (due === undefined ? next - now : 0);
      if (due === undefined) {
        await pause(next - now, signal, (wake) => {
          own.wake = wake;
        });
        continue;
      }
      const isAnswered = await attempt(due, signal);
      if (!isAnswered && isOn()) await pause(wait, signal);
      wait = isAnswered ? SHORTEST_WAIT : Math.min(2 * wait, LONGEST_WAIT);
    }
  }

  /** Tries to end a session. If another attempt is needed, the session goes to the end of the queue. */
  async function attempt(one: Waiting, signal: AbortSignal): Promise<boolean> {
    const isAnswered = (await run(one.call, { signal }).then(flag, () => undefined)) !== undefined;
    const now = performance.now();
    const delay = isAnswered ? RECHECKS[one.answers] : 0;
    waiting.delete(one.member);
    if (delay !== undefined && now < one.until)
      waiting.set(one.member, { ...one, answers: one.answers + Number(isAnswered), dueAt: now + delay });
    return isAnswered;
  }

  function add({ redis: { session, person, index, member }, ttl }: StoredSession): void {
    const keys = person === undefined || index === undefined ? [session] : [session, person, index];
    const call = scriptCall("destroy", keys, [member, "1"], BACKGROUND);
    const now = performance.now();
    waiting.set(member, { member, call, dueAt: now, until: now + ttl * 1000, answers: 0 });
    const [longest] = waiting.keys();
    if (waiting.size > CAPACITY && longest !== undefined) waiting.delete(longest);
    if (loop !== undefined && !loop.signal.aborted && now < loop.movesBy) loop.wake?.();
    else background.start(begin);
  }

  async function begin({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const own: Loop = { signal, movesBy: performance.now() + STUCK, wake: undefined };
    loop = own;
    await work(own);
    if (loop !== own) return;
    loop = undefined;
    waiting.clear();
  }

  return {
    add,
    has: (member) => waiting.has(member),
    async guard(session, options, store) {
      options.signal?.throwIfAborted();
      const { stops } = background;
      try {
        return await store();
      } catch (error) {
        // After `disconnect` nothing may open a connection again.
        if (background.stops === stops && isUncertain(error, options)) add(session);
        throw error;
      }
    },
  };
}

function isUncertain(error: unknown, { signal }: StoreCallOptions = {}): boolean {
  if (error instanceof StoreUnavailableError) return UNCERTAIN.has(error.reason);
  return signal?.aborted === true;
}

/**
 * Waits until the time is over or the signal aborts, without keeping the process alive.
 *
 * @param onWait - gets a function that ends the wait
 */
const pause = (ms: number, signal: AbortSignal, onWait?: (end: () => void) => void): Promise<void> =>
  new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      letGo();
      resolve();
    };
    const timer = setTimeout(end, ms);
    (timer as { unref?: () => void }).unref?.();
    const letGo = onAbort(signal, end);
    onWait?.(end);
  });
