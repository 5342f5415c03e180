import type { StoreCallOptions } from "../store.ts";
import { unexpectedReply } from "../stores/fault.ts";
import { flag, type RedisStore, seconds, text } from "../stores/redis.ts";
import { evaluate, type Script } from "../stores/script.ts";
import * as scripts from "./scripts.ts";
import type { ListedPage, SessionStore, SubjectKeys } from "./store.ts";

/** How many sessions one step ends: few enough that Redis serves others soon. */
const BATCH = "1000";

const aside = ({ index }: SubjectKeys): string => `${index}:d`;
const sessionOf = ({ base, lookup }: { base: string; lookup: string }): string => `${base}s:${lookup}`;

/** A person's sessions in Redis, by scripts: each is one step, and touches keys of one slot alone. */
export function redisSessions(store: RedisStore): SessionStore {
  const run = (
    script: Script,
    keys: readonly string[],
    args: readonly string[],
    options: StoreCallOptions,
  ): Promise<unknown> => store.run(options, (send) => evaluate(send, script, keys, args));

  /** Runs a script over and over until `isDone`, each time within the store's time-out. */
  async function inBatches(
    step: (turn: number) => Promise<unknown>,
    next: (numbers: readonly number[]) => boolean,
  ): Promise<void> {
    for (let turn = 0; ; turn++) {
      const numbers = (text(await step(turn)) ?? "").split(" ").map(Number);
      if (numbers.length < 2 || numbers.some(Number.isNaN)) throw unexpectedReply();
      if (!next(numbers)) return;
    }
  }

  return {
    async createLimited({ key, value, ttl, index }, { base }, { max, endOldest }, options) {
      const args = [value, seconds(ttl), index.member, String(index.deadline), String(index.now)];
      const limits = [base, String(max), endOldest ? "1" : "0"];
      const reply = await run(scripts.CREATE_LIMITED, [key, index.key], [...args, ...limits], options);
      return String(reply) === "2" ? "limit" : flag(reply);
    },

    async list(keys, limit, after, options) {
      const args = [keys.base, String(limit), String(after?.deadline ?? 0), after?.member ?? ""];
      return readPage(text(await run(scripts.LIST, [keys.index], args, options)) ?? "");
    },

    async endAll(keys, except = "", options) {
      let [ended, wasTaken] = [0, false];
      await inBatches(
        () => {
          const args = [keys.base, BATCH, wasTaken ? "0" : "1", except];
          return run(scripts.END_ALL, [keys.index, aside(keys)], args, options);
        },
        ([taken, count = 0, left]) => {
          ended += count;
          wasTaken ||= taken === 1;
          return left !== 0 || !wasTaken;
        },
      );
      return ended;
    },

    endMember: async (keys, member, options) =>
      flag(await run(scripts.END_MEMBER, [keys.index, aside(keys)], [keys.base, member], options)),

    end: async (keys, options) =>
      flag(await run(scripts.END, [sessionOf(keys)], [keys.base, keys.lookup], options)),

    async endReused(keys, now, options) {
      const args = [keys.base, keys.lookup, String(now)];
      return text(await run(scripts.END_REUSED, [sessionOf(keys)], args, options))?.slice(1) ?? null;
    },

    update: async (keys, data, options) =>
      flag(await run(scripts.UPDATE, [sessionOf(keys)], [keys.base, keys.lookup, data], options)),

    async updateAll(keys, data, options) {
      let [done, cursor] = [0, "0"];
      await inBatches(
        async () => {
          const reply = text(await run(scripts.UPDATE_ALL, [keys.index], [keys.base, data, cursor], options));
          // A cursor may be a larger number than JavaScript's hold.
          cursor = reply?.split(" ")[0] ?? "0";
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
      const keys = [sessionOf(old), sessionOf({ base, lookup: successor.lookup }), `${base}r:${lookup}`];
      const reply = text(
        await run(
          scripts.ROTATE,
          keys,
          [
            ...[base, lookup, successor.lookup, successor.body, seconds(successor.ttl)],
            ...[String(grace), String(now), String(again), String(deadline)],
          ],
          options,
        ),
      );
      if (reply === null) return null;
      return reply.startsWith("r") ? { body: reply.slice(1) } : { victim: reply.slice(1) };
    },
  };
}

/** What LIST gives: text, which no client takes for JSON and parses. */
function readPage(reply: string): ListedPage {
  try {
    const [more, [member, deadline], count, found] = JSON.parse(reply.slice(1));
    // Lua's empty table is {} in JSON.
    const entries = (count === 0 ? [] : found).map(
      ([member, deadline, milliseconds, value]: [string, string, number, string]) => ({
        member,
        deadline: Number(deadline),
        idle: milliseconds / 1000,
        value,
      }),
    );
    return { entries, next: more === 1 ? { member, deadline: Number(deadline) } : undefined };
  } catch {
    throw unexpectedReply();
  }
}
