import { OptionRangeError } from "../errors.ts";
import type { Background } from "../lib/background.ts";
import { toBase64Url } from "../lib/bytes.ts";
import type { ServiceParts } from "../parts.ts";
import { command } from "../redis/command.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { text } from "../redis/replies.ts";
import { cleanIndex } from "../redis/sign.ts";
import { agree, factsIn } from "../redis/value.ts";
import type { StoreCallOptions } from "../store.ts";
import { readFacts } from "../token/facts.ts";
import type { PersonKeys } from "../token/keys.ts";
import { openToken } from "../token/token.ts";
import { readListOptions } from "./options.ts";
import type { Shelf, Shelves } from "./shelves.ts";
import type { PersonMethods, SessionInfo } from "./types.ts";

/** A member of an index, and its score. */
interface Member {
  readonly name: string;
  /** Unix seconds. */
  readonly deadline: number;
}

/** A part of an index: its members, and after which one the next part begins; none at the end. */
interface Page {
  readonly members: readonly Member[];
  readonly next: Member | undefined;
}

export function createList(
  { settings: { store }, ring, lines }: ServiceParts,
  shelves: Shelves,
  background: Background,
): PersonMethods["list"] {
  /** A page of an index, newest first, in one round trip, or two behind a cursor. None where there is no person. */
  async function pageOf(
    { person, index }: PersonKeys,
    limit: number,
    after: Member | undefined,
    call: StoreCallOptions,
  ): Promise<Page> {
    const exists = command("GET", [person]);
    if (after === undefined) {
      const [owner, reply] = await store.runAll([exists, rangeOf(index, 0, limit)], call);
      return page(owner === null ? [] : membersIn(reply), limit);
    }
    const [owner, rank] = await store.runAll([exists, command("ZREVRANK", [index], [after.name])], call);
    if (owner === null) return page([], limit);
    if (rank === null) return pageBehindMissing(index, limit, after, call);
    return page(membersIn(await store.run(rangeOf(index, Number(rank) + 1, limit), call)), limit);
  }

  /** The cursor's session has ended since: its place is found by its deadline, and its name among those of one deadline. */
  async function pageBehindMissing(
    index: string,
    limit: number,
    { name, deadline }: Member,
    call: StoreCallOptions,
  ): Promise<Page> {
    let from = Number(await store.run(command("ZCOUNT", [index], [`(${deadline}`, "+inf"]), call));
    for (;;) {
      const members = membersIn(await store.run(rangeOf(index, from, limit), call));
      const behind = members.filter((each) => each.deadline < deadline || each.name < name);
      if (behind.length > 0 || members.length < limit)
        return page(behind, members.length < limit ? limit : behind.length);
      from += limit;
    }
  }

  /** What lives of some members, in one round trip; the others are dropped from the index. */
  async function sessionsOf(
    { redis, ids }: Shelf,
    members: readonly Member[],
    current: string | undefined,
    call: StoreCallOptions,
  ): Promise<SessionInfo[]> {
    if (members.length === 0) return [];
    const keys = members.map(({ name }) => redis.session(name));
    const [values, ...idle] = await store.runAll(
      [command("MGET", [redis.person, ...keys]), ...keys.map((key) => command("PTTL", [key]))],
      call,
    );
    if (!Array.isArray(values) || values.length !== members.length + 1) throw unexpectedReply();
    const person = text(values[0]);
    const found: SessionInfo[] = [];
    const ended: string[] = [];
    for (const [i, { name, deadline }] of members.entries()) {
      const session = text(values[i + 1]);
      const headers = agree({ session, person }, true);
      if (headers === null) ended.push(name);
      if (headers === null) continue;
      const issuedAt = Number(headers.session.iat);
      const at = { key: keys[i] as string, number: 2, issuedAt } as const;
      const facts = await readFacts(lines, at, factsIn(session as string));
      if (facts === null) continue;
      found.push({
        id: await ids.idOf(name),
        issuedAt,
        deadline,
        idle: Math.max(0, Math.ceil(Number(idle[i]) / 1000)),
        meta: facts.meta,
        current: name === current,
      });
    }
    background.start((cleaning) => cleanIndex(store, redis, ended, cleaning));
    return found;
  }

  return async (subject, options = {}) => {
    const { limit, cursor, call } = readListOptions(options);
    const all = await shelves.of(subject);
    const own = await openToken(await ring(), options.current);
    const found: SessionInfo[] = [];
    let { at, after } = await readCursor(cursor, all);
    for (; at < all.length; at++, after = undefined) {
      const shelf = all[at] as Shelf;
      const { members, next } = await pageOf(shelf.redis, limit - found.length, after, call);
      const current = own?.keys === shelf.keys ? toBase64Url(own.lookup) : undefined;
      found.push(...(await sessionsOf(shelf, members, current, call)));
      if (next !== undefined) return { sessions: found, cursor: await writeCursor(at, next, shelf) };
      if (found.length >= limit && at + 1 < all.length) return { sessions: found, cursor: String(at + 1) };
    }
    return { sessions: found, cursor: undefined };
  };
}

const rangeOf = (index: string, from: number, limit: number) =>
  command("ZRANGE", [index], [String(from), String(from + limit - 1), "REV", "WITHSCORES"]);

/** Members and scores by turns; RESP3 gives pairs. */
function membersIn(reply: unknown): Member[] {
  if (!Array.isArray(reply)) throw unexpectedReply();
  const flat = reply.flat();
  return Array.from({ length: flat.length / 2 }, (_, i) => ({
    name: String(flat[2 * i]),
    deadline: Number(flat[2 * i + 1]),
  }));
}

const page = (members: readonly Member[], limit: number): Page => ({
  members,
  next: members.length >= limit ? members.at(-1) : undefined,
});

/** Which secret's index, and behind which session of it: its deadline and public id, which lists show too. */
const writeCursor = async (at: number, { deadline, name }: Member, { ids }: Shelf): Promise<string> =>
  `${at}.${deadline}.${await ids.idOf(name)}`;

async function readCursor(
  cursor: string | undefined,
  all: readonly Shelf[],
): Promise<{ at: number; after: Member | undefined }> {
  if (cursor === undefined) return { at: 0, after: undefined };
  const [, at = "", deadline, id] = /^(\d{1,3})(?:\.(\d{1,13})\.([\w-]{21}[AQgw]))?$/.exec(cursor) ?? [];
  const shelf = all[Number(at)];
  if (at === "" || shelf === undefined)
    throw new OptionRangeError("cursor", "cursor must be the one that list gave with the page before");
  if (id === undefined) return { at: Number(at), after: undefined };
  return { at: Number(at), after: { name: await shelf.ids.lookupOf(id), deadline: Number(deadline) } };
}
