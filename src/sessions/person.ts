import { readCallOptions } from "../call-options.ts";
import type { ServiceParts } from "../parts.ts";
import { query, scriptCall, TOUCHES } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { flag, text, word } from "../redis/replies.ts";
import { cleanIndex, randomEpoch } from "../redis/sign.ts";
import { readPersonHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import type { PersonKeys } from "../token/keys.ts";
import { compareAndSet } from "./compare-and-set.ts";
import { readDestroyAllOptions, readUpdateOptions, type SessionsSettings } from "./options.ts";
import { isPublicId } from "./public-id.ts";
import { fittingJson } from "./schema.ts";
import type { Shelf, Shelves } from "./shelves.ts";
import type { PersonMethods } from "./types.ts";

/** How many sessions one step of cleaning checks, and how many all steps after one `destroyAll`. */
const CLEAN_STEP = 100;
const CLEAN_MOST = 1000;

/** The methods for all sessions of a person, with every secret of the ring. */
export function createPersonMethods(
  { settings, open, lines }: ServiceParts,
  shelves: Shelves,
  { schema }: SessionsSettings,
): Omit<PersonMethods, "list"> {
  const { store, now } = settings;

  /** Runs a write for each secret, the newest last. `found` is true if any of them had the person. */
  async function forEach(
    subject: unknown,
    write: (shelf: Shelf) => Promise<unknown>,
  ): Promise<{ readonly found: boolean; readonly all: readonly Shelf[] }> {
    const all = await shelves.of(subject);
    let found = false;
    for (const shelf of [...all].reverse()) if (flag(await write(shelf))) found = true;
    return { found, all };
  }

  /** Deletes sessions that have ended, to free memory, in short steps. */
  async function clean(keys: PersonKeys, options: StoreCallOptions): Promise<void> {
    for (let seen = 0, left = 0; seen < CLEAN_MOST; seen += CLEAN_STEP) {
      const page = [String(left), String(left + CLEAN_STEP - 1)];
      const members = await store.run(query("ZRANGE", [keys.index], page), options);
      if (!Array.isArray(members)) throw unexpectedReply();
      left += members.length - (await cleanIndex(store, keys, members.map(String), options));
      if (members.length < CLEAN_STEP) return;
    }
  }

  /** @param expected - the state that was read; empty to write in any case */
  async function write(
    { redis, keys }: Shelf,
    json: string,
    expected: string,
    call: StoreCallOptions,
  ): Promise<unknown> {
    const at = { key: redis.person, number: 2 } as const;
    const args = [await lines.seal(at, json, keys), await lines.reseal(at, json, keys), expected];
    return store.run(scriptCall("update-all", [redis.person], args), call);
  }

  /** Reads a person at the primary: a replica may not have the person yet, or not the last change. */
  async function readPerson({ redis }: Shelf, call: StoreCallOptions): Promise<string | null> {
    const values = await store.run(scriptCall("fresh", [redis.person], [], TOUCHES), call);
    if (!Array.isArray(values)) throw unexpectedReply();
    return text(values[0]);
  }

  /** Loads and writes the data once. @returns `null` if another change came in between */
  async function change(shelf: Shelf, load: () => unknown, call: StoreCallOptions): Promise<boolean | null> {
    const before = await readPerson(shelf, call);
    const person = before === null ? null : readPersonHeader(before);
    if (person === null) return false;
    const json = await fittingJson(schema, await load());
    const reply = word(await write(shelf, json, `${person.epoch} ${person.serial}`, call), ["0", "1", "2"]);
    return reply === "2" ? null : reply === "1";
  }

  return {
    async destroyAll(subject, options = {}) {
      const { except, call } = readDestroyAllOptions(options);
      const stays = await open(except);
      const { found, all } = await forEach(subject, async ({ redis }) => {
        const isTheirs = stays !== null && stays.redis.person === redis.person;
        const keys = isTheirs ? [redis.person, stays.redis.session] : [redis.person];
        const args = [randomEpoch(), String(stays?.generation ?? 0), String(now())];
        return store.run(scriptCall("destroy-all", keys, args), call);
      });
      if (found) for (const { redis } of all) store.later((cleaning) => clean(redis, cleaning));
      return found;
    },

    async destroyById(subject, id, options = {}) {
      const call = readCallOptions(options);
      const all = await shelves.of(subject);
      if (!isPublicId(id)) return false;
      const ended = await Promise.all(
        all.map(async ({ redis, ids }) => {
          const member = await ids.lookupOf(id);
          const keys = [redis.session(member), redis.person, redis.index];
          return flag(await store.run(scriptCall("destroy", keys, [member, "0"]), call));
        }),
      );
      return ended.includes(true);
    },

    async updateAll(subject, data, options = {}) {
      const { retries, call } = readUpdateOptions(options, typeof data === "function");
      if (typeof data !== "function") {
        const json = await fittingJson(schema, data);
        const { found } = await forEach(subject, async (shelf) => write(shelf, json, "", call));
        return found;
      }
      const load = data as () => unknown;
      const { found } = await forEach(subject, async (shelf) =>
        Number(await compareAndSet(() => change(shelf, load, call), retries, call)),
      );
      return found;
    },
  };
}
