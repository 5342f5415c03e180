import type { StoreCallOptions } from "../store.ts";
import { unexpectedReply } from "../stores/fault.ts";
import { type RedisStore, seconds } from "../stores/redis.ts";
import { flag, text } from "../stores/replies.ts";
import { evaluate, type Script } from "../stores/script.ts";
import * as scripts from "./scripts.ts";
import type { ListedPage, SessionStore, SubjectKeys } from "./store.ts";

/** How many sessions one step ends: few enough that Redis serves others soon. */
const BATCH = "1000";

const aside = ({ index }: SubjectKeys): string => `${index}:d`;
const sessionOf = ({ base, lookup }: { base: string; lookup: string }): string => `${base}s:${lookup}`;

/** The key of the mark that a rotation leaves in the place of a token. */
export const markOf = ({ base, lookup }: { base: string; lookup: string }): string => `${base}r:${lookup}`;

/** A person's sessions in Redis, by scripts: each is one step, and touches keys of one slot alone. */
export function redisSessions(store: RedisStore): SessionStore {
  const run = (
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    options: StoreCallOptions,
  ): Promise<unknown> => store.run(options, (send) => evaluate(send, script, keys, args));

  /** Runs a script again and again while `goesOn` says so of the numbers it gives, each time within the store's time-out. */
  async function inBatches(
    step: () => Promise<unknown>,
    goesOn: (numbers: readonly number[]) => boolean,
  ): Promise<void> {
    for (;;) {
      const numbers = (text(await step()) ?? "").split(" ").map(Number);
      if (numbers.length < 2 || numbers.some(Number.isNaN)) throw unexpectedReply();
      if (!goesOn(numbers)) return;
    }
  }

  /** Ends the index's sessions, or those alone that a call before has left aside. */
  async function endAll(
    keys: SubjectKeys,
    except: string,
    isOver: boolean,
    options: StoreCallOptions,
  ): Promise<number> {
    let [ended, wasTaken] = [0, isOver];
    await inBatches(
      () => run(scripts.END_ALL, [keys.index, aside(keys)], [BATCH, wasTaken ? "0" : "1", except], options),
      ([taken, count = 0, left]) => {
        ended += count;
        wasTaken ||= taken === 1;
        return left !== 0 || !wasTaken;
      },
    );
    return ended;
  }

  /** Runs a script over an index once nothing is aside any more: whoever left it there wanted it ended. */
  async function overWhole(
    script: Script,
    keys: SubjectKeys,
    args: readonly string[],
    options: StoreCallOptions,
  ): Promise<string> {
    for (;;) {
      const reply = text(await run(script, [keys.index, aside(keys)], args, options));
      if (reply !== null) return reply;
      await endAll(keys, "", true, options);
    }
  }

  return {
    async createLimited({ key, value, ttl, index }, { max, endOldest }, options) {
      const args = [value, seconds(ttl), index.member, String(index.deadline), String(index.now)];
      const limits = [String(max), endOldest ? "1" : "0"];
      const reply = await run(scripts.CREATE_LIMITED, [key, index.key], [...args, ...limits], options);
      return String(reply) === "2" ? "limit" : flag(reply);
    },

    async list(keys, { limit, after, own = "" }, options) {
      const args = [String(limit), String(after?.deadline ?? 0), after?.member ?? "", own];
      return readPage(await overWhole(scripts.LIST, keys, args, options));
    },

    endAll: (keys, except = "", options) => endAll(keys, except, false, options),

    endMember: async (keys, member, options) =>
      flag(await run(scripts.END_MEMBER, [keys.index, aside(keys)], [member], options)),

    end: async (keys, options) => flag(await run(scripts.END, [sessionOf(keys)], [keys.lookup], options)),

    async endReused(keys, now, options) {
      // Most dead tokens were never rotated: they cost a read, and no script.
      const mark = await store.read(markOf(keys), options);
      if (mark === null) return null;
      const args = [keys.lookup, String(now)];
      return text(await run(scripts.END_REUSED, [sessionOf(keys)], args, options))?.slice(1) ?? null;
    },

    async extend(keys, ttl, now, options) {
      const args = [keys.lookup, seconds(ttl), String(now)];
      return flag(await run(scripts.EXTEND, [sessionOf(keys)], args, options));
    },

    async update(keys, data, now, options) {
      const args = [keys.lookup, data, String(now)];
      return flag(await run(scripts.UPDATE, [sessionOf(keys)], args, options));
    },

    async updateAll(keys, data, options) {
      let [done, cursor] = [0, "0"];
      await inBatches(
        async () => {
          const reply = await overWhole(scripts.UPDATE_ALL, keys, [data, cursor], options);
          // A cursor may be a larger number than JavaScript's hold.
          cursor = reply.split(" ")[0] ?? "0";
          return reply;
        },
        ([, count = 0]) => {
          done += count;
          return cursor !== "0";
        },
      );
      return done;
    },

    async rotate({ base, lookup, successor, grace, now, again, deadline }, options) {
      const old = { base, lookup };
      const keys = [sessionOf(old), sessionOf({ base, lookup: successor.lookup }), markOf(old)];
      const life = [seconds(successor.ttl), grace, now, again, deadline].map(String);
      const args = [lookup, successor.lookup, successor.body, ...life];
      const reply = text(await run(scripts.ROTATE, keys, args, options));
      if (reply === null) return null;
      return reply.startsWith("r") ? { body: reply.slice(1) } : { victim: reply.slice(1) };
    },
  };
}

/** What LIST gives: text, which no client takes for JSON and parses. */
function readPage(reply: string): ListedPage {
  try {
    const [more, [member, deadline], own, count, found] = JSON.parse(reply.slice(1));
    // Lua's empty table is {} in JSON.
    const entries = (count === 0 ? [] : found).map(
      ([member, deadline, milliseconds, value]: [string, string, number, string]) => ({
        member,
        deadline: Number(deadline),
        idle: milliseconds / 1000,
        value,
      }),
    );
    return { entries, own, next: more === 1 ? { member, deadline: Number(deadline) } : undefined };
  } catch {
    throw unexpectedReply();
  }
}
