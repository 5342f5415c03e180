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

/** Opens tokens; `null` where no command is worth sending. */
export const opener =
  ({ prefix, now }: Settings, ring: KeyRing) =>
  async (token: unknown): Promise<Opened | null> => {
    const opened = await openToken(await ring(), token);
    if (opened === null) return null;
    const secondsLeft = opened.deadline - now();
    if (secondsLeft < 1) return null;
    return {
      ...opened,
      key: sessionKey(prefix, opened.slot, opened.lookup),
      ttl: (expire = opened.expire) => Math.min(expire, secondsLeft),
    };
  };
