import { OptionTypeError } from "../errors.ts";
import type { Settings } from "../options.ts";
import type { KeyRing } from "./key-ring.ts";
import { type SessionKeys, sessionKeys } from "./keys.ts";
import { type OpenedToken, openToken } from "./token.ts";

/** A token that may still be live. Its lookup is a part of the Redis keys. */
export interface Opened extends Omit<OpenedToken, "lookup"> {
  /** The Redis keys of its session. */
  readonly redis: SessionKeys;
  /** Seconds until the session expires, at least 1, by its own idle timeout or the given one. */
  readonly ttl: (expire?: number) => number;
}

/**
 * How many opened tokens are memoized. A genuine token stays genuine, and a map lookup costs a fraction of a hash. The store is
 * still asked each time whether the session is live. A full memo is cleared, which costs less than choosing what to evict.
 */
const KEPT = 20_000;

/** Opens a token, without a promise if it is memoized. `null` for a token that can't be live, so that no command is needed. */
export type Open = (token: unknown) => Opened | null | Promise<Opened | null>;

export function opener({ prefix, now }: Settings, ring: KeyRing): Open {
  const kept = new Map<unknown, Opened>();
  const isOver = ({ deadline }: Pick<OpenedToken, "deadline">): boolean => deadline - now() < 1;

  async function openNew(token: unknown): Promise<Opened | null> {
    if (token instanceof Promise)
      throw new OptionTypeError("token", "token must be text, not a promise: await what sign returns");
    const found = await openToken(await ring(), token);
    // Don't memoize expired tokens: they seldom come again.
    if (found === null || isOver(found)) return null;
    const { lookup, ...fields } = found;
    const { deadline, expire, person } = fields;
    const opened: Opened = {
      ...fields,
      redis: sessionKeys(prefix, lookup, person),
      ttl: (most = expire) => Math.max(1, Math.min(most, deadline - now())),
    };
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
