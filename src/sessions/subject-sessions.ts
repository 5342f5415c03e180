import { OptionRangeError } from "../errors.ts";
import { createRing, hashSubject, type KeyRing, type SecretKeys, subjectKey } from "../key-ring.ts";
import { toHex } from "../lib/bytes.ts";
import { assertJson } from "../lib/json.ts";
import { readCallOptions, type Settings } from "../options.ts";
import { decodeSession } from "../session.ts";
import { openToken, ownerOf } from "../token.ts";
import { readDestroyAllOptions, readListOptions, readSubject, type SessionSettings } from "./options.ts";
import { createPublicIds, type PublicIds } from "./public-id.ts";
import { assertFits } from "./schema.ts";
import type { ListedEntry, ListPosition, SessionStore, SubjectKeys } from "./store.ts";
import type { SessionInfo, SessionRwt } from "./types.ts";

/** A subject's keys by one secret of the ring: each secret has an index of its own. */
interface Shelf {
  readonly keys: SubjectKeys;
  readonly secretKeys: SecretKeys;
  readonly ids: PublicIds;
}

/** What concerns all sessions of a subject, over every secret of the ring. */
export function subjectSessions(
  { prefix, secrets, now }: Settings,
  ring: KeyRing,
  sessions: SessionStore,
  { schema }: SessionSettings,
): Pick<SessionRwt, "list" | "destroyAll" | "destroyById" | "updateAll" | "idOf"> {
  const publicIds = createRing(secrets, createPublicIds);

  async function shelvesOf(subject: unknown): Promise<readonly Shelf[]> {
    const text = readSubject(subject);
    const ids = await publicIds();
    const ofSecret = async (secretKeys: SecretKeys, i: number): Promise<Shelf> => {
      const hashed = await hashSubject(secretKeys, text);
      const keys = { base: `${prefix}{${toHex(hashed.slot)}}:`, index: subjectKey(prefix, hashed) };
      return { keys, secretKeys, ids: ids[i] as PublicIds };
    };
    return Promise.all((await ring()).map(ofSecret));
  }

  /** The lookup of a token, where this secret signed it. */
  const lookupBy = async ({ secretKeys }: Shelf, token: unknown): Promise<string | undefined> =>
    (await openToken([secretKeys], token))?.lookup;

  async function infoOf(shelf: Shelf, entry: ListedEntry, own: string): Promise<SessionInfo[]> {
    const stored = decodeSession(entry.value, entry.deadline, now());
    if (!stored) return [];
    const { issuedAt, deadline, meta } = stored;
    const id = await shelf.ids.idOf(entry.member);
    return [{ id, issuedAt, deadline, idle: Math.ceil(entry.idle), meta, current: entry.member === own }];
  }

  return {
    async list(subject, options = {}) {
      const { limit, cursor, call } = readListOptions(options);
      const shelves = await shelvesOf(subject);
      const found: SessionInfo[] = [];
      let { shelf: at, after } = await readCursor(cursor, shelves);
      for (; at < shelves.length; at++, after = undefined) {
        const shelf = shelves[at] as Shelf;
        const own = await lookupBy(shelf, options.current);
        do {
          const page = await sessions.list(shelf.keys, { limit: limit - found.length, after, own }, call);
          for (const entry of page.entries) found.push(...(await infoOf(shelf, entry, page.own)));
          after = page.next;
          if (found.length >= limit) {
            const isEnd = after === undefined && at + 1 === shelves.length;
            return { sessions: found, cursor: isEnd ? undefined : await writeCursor(at, after, shelf) };
          }
        } while (after !== undefined);
      }
      return { sessions: found, cursor: undefined };
    },

    async destroyAll(subject, options = {}) {
      const call = readDestroyAllOptions(options);
      const ended = await Promise.all(
        (await shelvesOf(subject)).map(async (shelf) =>
          sessions.endAll(shelf.keys, await lookupBy(shelf, options.except), call),
        ),
      );
      return ended.reduce((sum, count) => sum + count, 0);
    },

    async destroyById(subject, id, options = {}) {
      const call = readCallOptions(options);
      const shelves = await shelvesOf(subject);
      if (!isId(id)) return false;
      const ended = await Promise.all(
        shelves.map(async ({ keys, ids }) => sessions.endMember(keys, await ids.lookupOf(id), call)),
      );
      return ended.includes(true);
    },

    async updateAll(subject, data, options = {}) {
      const call = readCallOptions(options);
      assertJson("data", data);
      await assertFits(schema, data);
      const json = JSON.stringify(data);
      const shelves = await shelvesOf(subject);
      const done = await Promise.all(shelves.map(({ keys }) => sessions.updateAll(keys, json, call)));
      return done.reduce((sum, count) => sum + count, 0);
    },

    async idOf(token) {
      const owner = await ownerOf(await ring(), token);
      return owner ? ((await publicIds())[owner.at] as PublicIds).idOf(owner.opened.lookup) : null;
    },
  };
}

const isId = (id: unknown): id is string => typeof id === "string" && /^[\w-]{21}[AQgw]$/.test(id);

/** Which secret's index, and behind which session of it: its public id and its deadline, which lists show too. */
async function writeCursor(at: number, after: ListPosition | undefined, { ids }: Shelf): Promise<string> {
  if (after === undefined) return `${at + 1}`;
  return `${at}.${after.deadline}.${await ids.idOf(after.member)}`;
}

async function readCursor(
  cursor: string | undefined,
  shelves: readonly Shelf[],
): Promise<{ shelf: number; after: ListPosition | undefined }> {
  if (cursor === undefined) return { shelf: 0, after: undefined };
  const [, at = "", deadline, id] = /^(\d{1,3})(?:\.(\d{1,13})\.([\w-]{21}[AQgw]))?$/.exec(cursor) ?? [];
  const shelf = shelves[Number(at)];
  if (at === "" || shelf === undefined) throw new OptionRangeError("cursor", "cursor must come from list");
  if (id === undefined) return { shelf: Number(at), after: undefined };
  return { shelf: Number(at), after: { member: await shelf.ids.lookupOf(id), deadline: Number(deadline) } };
}
