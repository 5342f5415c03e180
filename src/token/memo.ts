import type { Settings } from "../options.ts";
import type { KeyRing, SecretKeys } from "./key-ring.ts";
import { type SessionKeys, sessionKeys } from "./keys.ts";
import { openToken, refusePromise } from "./token.ts";

/** A token that may still be live. A service memoizes many of them, so it holds no more than each call needs. */
export interface Opened {
  /** The keys of the secret that signed it. */
  readonly keys: SecretKeys;
  /** The Redis keys of its session. */
  readonly redis: SessionKeys;
  /** The end of the absolute lifetime, Unix seconds. */
  readonly deadline: number;
  /** Idle timeout in seconds. */
  readonly expire: number;
  readonly generation: number;
}

/** Seconds until a token's session expires, at least 1, by its own idle timeout or the given one. */
export const ttlOf = ({ expire, deadline }: Opened, now: number, most: number = expire): number =>
  Math.max(1, Math.min(most, deadline - now));

/**
 * How many opened tokens are memoized, in about 40 MB. A genuine token stays genuine, and a map lookup costs a fraction of a hash. The
 * store is still asked each time whether the session is live. A full memo is cleared, which costs less than choosing what to evict.
 */
const KEPT = 100_000;

/** Opens a token, without a promise if it is memoized. `null` for a token that can't be live, so that no command is needed. */
export type Open = (token: unknown) => Opened | null | Promise<Opened | null>;

export function opener({ prefix, now }: Settings, ring: KeyRing): Open {
  const kept = new Map<unknown, Opened>();
  const isOver = ({ deadline }: Pick<Opened, "deadline">): boolean => deadline - now() < 1;

  async function openNew(token: unknown): Promise<Opened | null> {
    refusePromise(token);
    const found = await openToken(await ring(), token);
    // Don't memoize expired tokens: they seldom come again.
    if (found === null || isOver(found)) return null;
    const { keys, lookup, person, deadline, expire, generation } = found;
    const redis = sessionKeys(prefix, lookup, person);
    const opened: Opened = { keys, redis, deadline, expire, generation };
    if (kept.size >= KEPT) kept.clear();
    kept.set(ownText(token as string), opened);
    return opened;
  }

  return (token) => {
    const opened = kept.get(token);
    if (opened === undefined) return openNew(token);
    return isOver(opened) ? null : opened;
  };
}

/**
 * Copies a token's characters. In V8, a substring refers to its origin, so that a token from a header would keep the whole header
 * in memory. A JSON round trip copies in every engine; a template or a slice doesn't.
 */
const ownText = (token: string): string => JSON.parse(JSON.stringify(token)) as string;
