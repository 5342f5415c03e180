import { OptionTypeError } from "../errors.ts";
import type { Settings } from "../options.ts";
import type { KeyRing } from "./key-ring.ts";
import { type SessionKeys, sessionKeys } from "./keys.ts";
import { type OpenedToken, openToken } from "./token.ts";

/** A token that may still live. Its lookup is a part of the Redis keys. */
export interface Opened extends Omit<OpenedToken, "lookup"> {
  /** The Redis keys of its session. */
  readonly redis: SessionKeys;
  /** Seconds that its session may live from now, at least 1, by its own idle timeout or by another. */
  readonly ttl: (expire?: number) => number;
}

/**
 * How many opened tokens are kept: whether a token is genuine never changes, and a lookup in a map costs a fraction of a
 * hash. The store is asked each time whether the session lives. A full memo is emptied, which costs less than choosing.
 */
const KEPT = 20_000;

/** Opens a token; `null` where no command is worth sending. At once where the token is memoized. */
export type Open = (token: unknown) => Opened | null | Promise<Opened | null>;

export function opener({ prefix, now }: Settings, ring: KeyRing): Open {
  const kept = new Map<unknown, Opened>();
  const isOver = ({ deadline }: Pick<OpenedToken, "deadline">): boolean => deadline - now() < 1;

  async function openNew(token: unknown): Promise<Opened | null> {
    if (token instanceof Promise)
      throw new OptionTypeError("token", "token must be text, not a promise: await what sign returns");
    const found = await openToken(await ring(), token);
    // A dead token doesn't come again often enough to be worth the room.
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
 * A token that owns its characters: one cut out of a header keeps the whole header in V8's memory, for the substring refers
 * to it. JSON makes a text of its own in every engine; a template or a slice does not.
 */
const ownText = (token: string): string => JSON.parse(JSON.stringify(token)) as string;
