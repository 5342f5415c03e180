import { StoreUnavailableError } from "../errors.ts";
import { createBackground } from "../lib/background.ts";
import type {
  CheckedSession,
  CheckOptions,
  RedisExecutor,
  SessionRef,
  Snapshot,
  TokenStore,
} from "../store.ts";
import { personOf } from "../token/keys.ts";
import { command, scriptCall, TOUCHES } from "./command.ts";
import { unexpectedReply } from "./faults.ts";
import { flag, seconds, word } from "./replies.ts";
import { cleanIndex, signAnonymous, signPerson } from "./sign.ts";
import { createTakeBack } from "./take-back.ts";
import { agree, contentsOf, type SessionHeader } from "./value.ts";

/** The keys that a script about a session takes: the session's, and its person's if it has one. */
export const keysOf = ({ redis: { session, person } }: Pick<SessionRef, "redis">): string[] =>
  person === undefined ? [session] : [session, person];

/** Keeps what was read if the service may not run scripts. */
const unlessRefused =
  (snapshot: Snapshot) =>
  (error: unknown): Snapshot => {
    if (error instanceof StoreUnavailableError && error.reason === "auth") return snapshot;
    throw error;
  };

/** Makes a store out of anything that runs Redis commands. */
export function sessionStore(redis: RedisExecutor): TokenStore {
  const background = createBackground();
  const takeBack = createTakeBack(redis, background);

  /** Judges a token's generation: live, ended (a straggler too), or reused after its rotation, which ends the session. */
  async function judge(
    ref: SessionRef,
    header: SessionHeader,
    { now, signal }: CheckOptions,
  ): Promise<"live" | "ended" | "reuse"> {
    const args = [String(ref.generation), String(now)];
    if (ref.generation < header.generation) return judgeOlder(ref, args, signal);
    if (ref.generation > header.generation || !header.isUsed) {
      // Ignore failures: a service without the right to write leaves it to others.
      const reply = await redis.run(scriptCall("use", keysOf(ref), args, TOUCHES), { signal }).catch(() => 0);
      if (String(reply) !== "2") return "live";
      // The header came from a replica, and the primary has a newer one.
      return judgeOlder(ref, args, signal);
    }
    return "live";
  }

  async function judgeOlder(
    ref: SessionRef,
    args: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<"live" | "ended" | "reuse"> {
    // A check doesn't wait for replicas, so a second removal of an ended session does. Its failure must not hide the theft.
    const reply = await redis.run(scriptCall("older", keysOf(ref), args, TOUCHES), { signal });
    const verdict = word(reply, ["live", "late", "reuse", "ended"]);
    if (verdict === "reuse") await redis.run(command("DEL", [ref.redis.session]), { signal }).catch(() => {});
    return verdict === "live" || verdict === "reuse" ? verdict : "ended";
  }

  return {
    ...redis,

    async create(session, options) {
      const person = personOf(session.redis);
      const members = await takeBack.guard(session, options, async () => {
        if (person !== undefined) return signPerson(redis, person, session, options, takeBack.has);
        return (await signAnonymous(redis, session, options)) ? [] : null;
      });
      // What another session holds isn't taken back.
      if (members === null) throw unexpectedReply();
      if (person !== undefined && members.length > 0)
        background.start((call) => cleanIndex(redis, person, members, call));
    },

    async check(ref, options): Promise<CheckedSession | null> {
      const { signal, slideTo, fresh, after, confirmNull } = options;
      const hasPerson = ref.redis.person !== undefined;
      let snapshot = await redis.read(ref.redis, { signal, slideTo, fresh, after });
      let headers = agree(snapshot, hasPerson);
      const isBehind = headers !== null && ref.generation > headers.session.generation;
      if (!fresh && (isBehind || (headers === null && confirmNull))) {
        // A replica, or the cache, may not have the session or the token's rotation yet, nor what was written with it. What `judge`
        // finds needs no second look: its scripts run at the primary.
        const again = redis.read(ref.redis, { signal, slideTo, fresh: true });
        snapshot = await (isBehind ? again.catch(unlessRefused(snapshot)) : again);
        headers = agree(snapshot, hasPerson);
      }
      if (headers === null) return null;
      const { generation, isUsed } = headers.session;
      const isPresent = isUsed && generation === ref.generation;
      const verdict = isPresent ? "live" : await judge(ref, headers.session, options);
      if (verdict === "ended") return null;
      return { isLive: verdict === "live", ...contentsOf(snapshot, headers, ref.redis) };
    },

    async extend(ref, ttl, { now, signal }) {
      const args = [String(ref.generation), seconds(ttl), String(now)];
      return flag(await redis.run(scriptCall("extend", keysOf(ref), args, TOUCHES), { signal }));
    },

    async destroy(ref, options) {
      const { index, member } = ref.redis;
      const keys = index === undefined ? keysOf(ref) : [...keysOf(ref), index];
      return flag(await redis.run(scriptCall("destroy", keys, [member, "1"]), options));
    },

    endLater: takeBack.add,
    later: background.start,

    async disconnect() {
      background.stop();
      await redis.disconnect();
    },
  };
}
