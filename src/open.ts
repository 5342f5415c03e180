import { type KeyRing, sessionKey } from "./key-ring.ts";
import type { Settings } from "./options.ts";
import { type OpenedToken, openToken } from "./token.ts";

/** A token that may still live. */
export interface Opened extends OpenedToken {
  /** The Redis key of its session. */
  readonly key: string;
  /** Seconds that its session may live from now, at least 1, by its own idle time-out or by another. */
  readonly ttl: (expire?: number) => number;
}

/**
 * How many opened tokens are kept: whether a token is genuine never changes, and a look-up costs a fraction of a hash.
 * Whether its session lives is asked of the store each time. When so many are there all are let go, which costs less
 * than to find out which one to part with.
 */
const KEPT = 20_000;

/** Opens a token; `null` where no command is worth sending. */
export type Open = (token: unknown) => Promise<Opened | null>;

export function opener({ prefix, now }: Settings, ring: KeyRing): Open {
  const kept = new Map<unknown, OpenedToken & Pick<Opened, "key">>();

  return async (token) => {
    let opened = kept.get(token);
    if (!opened) {
      const found = await openToken(await ring(), token);
      if (!found) return null;
      opened = { ...found, key: sessionKey(prefix, found.slot, found.lookup) };
      if (kept.size >= KEPT) kept.clear();
      kept.set(token, opened);
    }
    const secondsLeft = opened.deadline - now();
    if (secondsLeft < 1) return null;
    return { ...opened, ttl: (most = opened.expire) => Math.min(most, secondsLeft) };
  };
}
