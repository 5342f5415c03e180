import { StoreUnavailableError } from "../errors.ts";
import { createKeyRing, type SecretKeys, sessionKey } from "../key-ring.ts";
import {
  type CallOptions,
  type RwtOptions,
  readCallOptions,
  readOptions,
  type Settings,
} from "../options.ts";
import { decodeSession } from "../session.ts";
import { createPublicIds } from "../sessions/public-id.ts";
import { markOf } from "../sessions/redis-sessions.ts";
import { baseOf } from "../sessions/store.ts";
import type { StoreCallOptions, TokenStore } from "../store.ts";
import { isRedisStore, isSpacious } from "../stores/kinds.ts";
import { kidIn, looksLikeToken, type OpenedToken, ownerOf } from "../token.ts";
import { type Explanation, malformed } from "./explanation.ts";

/**
 * Says why a token is live or isn't, for support: `verify` gives `null` for all that isn't, and must, since whoever shows a
 * bad token is told nothing. So show this to your own people alone.
 *
 * It only reads: nothing is extended, ended or told to `onEvent`. It asks the store where the token is genuine and before
 * its deadline, and then up to twice.
 *
 * @param options - those of the service whose tokens they are
 * @throws OptionTypeError, OptionRangeError
 * @throws StoreUnavailableError where it could not find out
 * @example
 * ```ts
 * import { explainToken } from "redis-web-token/explain";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const { status, reason } = await explainToken({ store: memoryStore(), secret: "s".repeat(32) }, "rwt_…");
 * console.log(status, reason); // malformed This is no token: it has 5 characters, and a token has 68.
 * ```
 */
export async function explainToken(
  options: RwtOptions,
  token: unknown,
  callOptions: CallOptions = {},
): Promise<Explanation> {
  const settings = readOptions(options);
  const call = readCallOptions(callOptions);
  if (!looksLikeToken(token)) return malformed(token);
  const ring = await createKeyRing(settings.secrets)();
  const owner = await ownerOf(ring, token);
  if (owner === undefined) return forged(ring, token);
  const { at, opened } = owner;
  const secret = settings.secrets[at] as Settings["secrets"][number];
  const { deadline, expire } = opened;
  const known = {
    id: await (await createPublicIds(secret)).idOf(opened.lookup),
    secret: at,
    deadline,
    expire,
  };
  if (deadline <= settings.now()) {
    return {
      status: "expired",
      reason: "Its deadline is past; nothing extends a token beyond it.",
      ...known,
    };
  }
  return { ...known, ...(await inStore(settings, opened, call)) };
}

function forged(ring: readonly SecretKeys[], token: string): Explanation {
  const isHinted = ring.some(({ kid }) => kid === kidIn(token));
  return {
    status: "forged",
    reason: isHinted
      ? "None of the secrets signed it: it was altered on its way, or made up."
      : "It was signed by a secret that isn't in the ring, or made up: compare the services' secrets.",
  };
}

async function inStore(
  { store, prefix, now }: Settings,
  { slot, lookup, deadline }: OpenedToken,
  call: StoreCallOptions,
): Promise<Explanation> {
  const key = sessionKey(prefix, slot, lookup);
  const text = await store.read(key, call);
  const session = text === null ? null : decodeSession(text, deadline, now());
  if (session === undefined) throw new StoreUnavailableError("reply", "the store has no session there");
  if (session !== null) {
    const { issuedAt, subject } = session;
    const idle = await idleOf(store, key, call);
    return {
      status: "live",
      reason: "It is live.",
      issuedAt,
      ...(subject !== undefined && { subject }),
      ...(idle !== undefined && { idle }),
    };
  }
  const mark = markOf({ base: baseOf(key, lookup), lookup });
  if ((await store.read(mark, call)) !== null) {
    return { status: "rotated", reason: "Another token was put in its place, and its grace is over." };
  }
  if (text !== null) return { status: "unknown", reason: "The store has something else in its place." };
  return {
    status: "unknown",
    reason:
      "It is genuine, but the store has no session of it: it was ended, lay idle for too long or was evicted; or this is " +
      "not the Redis, or not the prefix, that it was signed with.",
  };
}

/** @returns seconds; nothing where the store can't tell */
async function idleOf(store: TokenStore, key: string, call: StoreCallOptions): Promise<number | undefined> {
  if (isSpacious(store)) return Math.ceil(store.space.ttl(key));
  if (!isRedisStore(store)) return undefined;
  const seconds = Number(await store.run(call, (send) => send("TTL", key)));
  return seconds >= 0 ? seconds : undefined;
}
