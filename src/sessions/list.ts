import { OptionRangeError } from "../errors.ts";
import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { query } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { text } from "../redis/replies.ts";
import { cleanIndex, type IndexMember, indexMembers } from "../redis/sign.ts";
import { agree, authIn, factsIn, readPersonHeader } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { readAuth, readFacts } from "../token/facts.ts";
import type { PersonKeys } from "../token/keys.ts";
import { openToken } from "../token/token.ts";
import { readListOptions } from "./options.ts";
import type { Shelf, Shelves } from "./shelves.ts";
import type { PersonMethods, SessionInfo } from "./types.ts";

/** A page of an index: its members, and the one after which the next page begins, if there is a next page. */
interface Page {
  readonly members: readonly IndexMember[];
  readonly next: IndexMember | undefined;
}

/** How often to look for the cursor's session, whose position changes as sessions start and end. */
const ATTEMPTS = 3;

export function createList(
  { settings: { store, now }, ring, lines }: ServiceParts,
  shelves: Shelves,
): PersonMethods["list"] {
  /** Reads a page of an index, latest deadline first, in one round trip, or two with a cursor. It is empty if there is no person. */
  async function pageOf(
    { person, index }: PersonKeys,
    limit: number,
    after: IndexMember | undefined,
    call: StoreCallOptions,
  ): Promise<Page> {
    const exists = query("GET", [person]);
    if (after === undefined) {
      const [owner, reply] = await store.runAll([exists, rangeOf(index, 0, limit)], call);
      return page(text(owner) === null ? [] : indexMembers(reply), limit);
    }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const [owner, rank] = await store.runAll([exists, query("ZREVRANK", [index], [after.name])], call);
      if (text(owner) === null) return page([], limit);
      if (rank === null) break;
      // Read the cursor's session too, since its position may have changed.
      const found = indexMembers(await store.run(rangeOf(index, Number(rank), limit + 1), call));
      const at = found.findIndex(({ name }) => name === after.name);
      const isFull = found.length > limit;
      // If new sessions fill the whole page, it doesn't show what comes after the cursor.
      if (at >= 0 && !(isFull && at === limit)) return page(found.slice(at + 1), isFull ? 1 : limit);
    }
    return pageBehindMissing(index, limit, after, call);
  }

  /** Finds the position of a cursor whose session has ended: by its deadline, and among equal deadlines by its name. */
  async function pageBehindMissing(
    index: string,
    limit: number,
    { name, deadline }: IndexMember,
    call: StoreCallOptions,
  ): Promise<Page> {
    // Always start at the first session of that deadline, since others may end meanwhile.
    for (let size = 2 * limit; ; size *= 2) {
      const words = [String(deadline), "-inf", "BYSCORE", "REV", "LIMIT", "0", String(size), "WITHSCORES"];
      const found = indexMembers(await store.run(query("ZRANGE", [index], words), call));
      const behind = found.filter((each) => each.deadline < deadline || each.name < name);
      const isFull = found.length === size || behind.length > limit;
      if (behind.length > 0 || !isFull) return page(behind.slice(0, limit), isFull ? 1 : limit + 1);
    }
  }

  /** Reads the live sessions among some members, in one round trip, and removes the ended ones from the index. */
  async function sessionsOf(
    { redis, ids }: Shelf,
    members: readonly IndexMember[],
    current: string | undefined,
    call: StoreCallOptions,
  ): Promise<SessionInfo[]> {
    if (members.length === 0) return [];
    const keys = members.map(({ name }) => redis.session(name));
    const [values, ...idle] = await store.runAll(
      [query("MGET", [redis.person, ...keys]), ...keys.map((key) => query("PTTL", [key]))],
      call,
    );
    if (!Array.isArray(values) || values.length !== members.length + 1) throw unexpectedReply();
    const person = text(values[0]);
    // Throws if the person's key holds something else.
    if (person !== null) readPersonHeader(person);
    const found: SessionInfo[] = [];
    const ended: string[] = [];
    for (const [i, { name, deadline }] of members.entries()) {
      const session = text(values[i + 1]);
      const headers = readable(() => agree({ session, person }, true));
      if (headers === null) ended.push(name);
      // As in verify: the key may outlive the deadline by a fraction of a second.
      if (headers === null || deadline - now() < 1) continue;
      const issuedAt = Number(headers.session.iat);
      const at = { key: keys[i] as string, number: 2, issuedAt } as const;
      const facts = await readFacts(lines, at, factsIn(session as string));
      const auth = await readAuth(lines, at.key, authIn(session as string));
      if (facts === null || auth === null) continue;
      found.push({
        id: await ids.idOf(name),
        issuedAt,
        deadline,
        idle: Math.max(0, Math.ceil(Number(idle[i]) / 1000)),
        meta: facts.meta,
        auth,
        act: facts.act,
        current: name === current,
      });
    }
    store.later((cleaning) => cleanIndex(store, redis, ended, cleaning));
    return found;
  }

  return async (subject, options = {}) => {
    const { limit, cursor, current: own, call } = readListOptions(options);
    const all = await shelves.of(subject);
    const opened = await openToken(await ring(), own);
    const found: SessionInfo[] = [];
    let { at, after } = await readCursor(cursor, all);
    for (; at < all.length; at++, after = undefined) {
      const shelf = all[at] as Shelf;
      const { members, next } = await pageOf(shelf.redis, limit - found.length, after, call);
      const current = opened?.keys === shelf.keys ? toBase64Url(opened.lookup) : undefined;
      found.push(...(await sessionsOf(shelf, members, current, call)));
      if (next !== undefined) return { sessions: found, cursor: await writeCursor(at, next, shelf) };
      if (found.length >= limit && at + 1 < all.length) return { sessions: found, cursor: String(at + 1) };
    }
    return { sessions: found, cursor: undefined };
  };
}

/** `null` if the read fails: a session's key that holds something else counts as no session, and must not fail the list. */
function readable<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch {
    return null;
  }
}

const rangeOf = (index: string, from: number, limit: number) =>
  query("ZRANGE", [index], [String(from), String(from + limit - 1), "REV", "WITHSCORES"]);

/** @param full - the number of members from which on there may be a next page */
const page = (members: readonly IndexMember[], full: number): Page => ({
  members,
  next: members.length >= full ? members.at(-1) : undefined,
});

/** The position of the secret, and the deadline and public id of the session to go on after, which lists show too. */
const writeCursor = async (at: number, { deadline, name }: IndexMember, { ids }: Shelf): Promise<string> =>
  `${at}.${deadline}.${await ids.idOf(name)}`;

async function readCursor(
  cursor: string | undefined,
  all: readonly Shelf[],
): Promise<{ at: number; after: IndexMember | undefined }> {
  if (cursor === undefined) return { at: 0, after: undefined };
  const [, at = "", deadline, id] = /^(\d{1,3})(?:\.(\d{1,13})\.([\w-]{21}[AQgw]))?$/.exec(cursor) ?? [];
  const shelf = all[Number(at)];
  if (at === "" || shelf === undefined)
    throw new OptionRangeError("cursor", "cursor must be the one that list returned with the previous page");
  if (id === undefined) return { at: Number(at), after: undefined };
  return { at: Number(at), after: { name: await shelf.ids.lookupOf(id), deadline: Number(deadline) } };
}
