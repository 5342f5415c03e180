import { isSealed } from "../encrypt/sealing.ts";
import { StoreUnavailableError } from "../errors.ts";
import { wholeNumber } from "../lib/check.ts";
import { isObject } from "../lib/json.ts";
import type { StoreCallOptions } from "../store.ts";
import { dropDead, type MemorySpace } from "../stores/memory-space.ts";
import { MAX_COPIES } from "./scripts.ts";
import type { SessionStore, SubjectKeys } from "./store.ts";

/** What a rotation leaves: for whom the old token stood, and until when asking again gives the same. */
interface Mark {
  readonly until: number;
  readonly lookup: string;
  readonly body: string;
  /** The lookup of the first token that was rotated. */
  readonly family: string;
}

/** Seconds by which the clocks of two services may differ. */
const LEEWAY = 2;

/** A session value with what rotations add to it. */
interface Value extends Record<string, unknown> {
  readonly u?: string;
  /** The family, and the lookups of the copies that are left for their grace. */
  readonly old?: string;
  readonly end?: number;
}

/** A person's sessions in a memory store: what the scripts do in Redis, in one step since nothing in it waits. */
export function memorySessions(space: MemorySpace): SessionStore {
  const read = (base: string, lookup: string): Value | undefined => {
    const text = space.get(`${base}s:${lookup}`);
    if (text === undefined) return undefined;
    // One that is encrypted was never rotated.
    const value: unknown = isSealed(text) ? {} : JSON.parse(text);
    return isObject(value) ? (value as Value) : undefined;
  };
  /** Reads a session that is about to be changed, which one that is encrypted can't be. */
  const readPlain = (base: string, lookup: string): Value | undefined => {
    if (isSealed(space.get(`${base}s:${lookup}`) ?? ""))
      throw new StoreUnavailableError("server", "the session is encrypted");
    return read(base, lookup);
  };
  const write = (base: string, lookup: string, value: Value, ttl?: number): void =>
    space.put(`${base}s:${lookup}`, JSON.stringify(value), ttl);
  const markOf = (base: string, lookup: string): Mark | undefined => {
    const text = space.get(`${base}r:${lookup}`);
    return text === undefined ? undefined : (JSON.parse(text) as Mark);
  };
  const copiesOf = (value: Value | undefined): string[] => value?.old?.split(" ").filter(Boolean) ?? [];
  const remove = (base: string, lookup: string): boolean => space.delete(`${base}s:${lookup}`);

  function finish(base: string, lookup: string): boolean {
    for (const copy of copiesOf(read(base, lookup))) remove(base, copy);
    return remove(base, lookup);
  }

  /** What a token that was rotated away has become. */
  function presentOf(base: string, lookup: string): string | undefined {
    const mark = markOf(base, lookup);
    return mark && space.get(`${base}f:${mark.family}`);
  }

  function reuse(base: string, old: string): string | null {
    const present = presentOf(base, old);
    const victim = present === undefined ? undefined : space.get(`${base}s:${present}`);
    if (present !== undefined) finish(base, present);
    return victim ?? null;
  }

  function replace(base: string, lookup: string, data: string): boolean {
    const value = readPlain(base, lookup);
    if (value === undefined) return false;
    for (const one of [lookup, ...copiesOf(value)]) {
      const stored = read(base, one);
      if (stored !== undefined) write(base, one, { ...stored, data: JSON.parse(data) });
    }
    return true;
  }

  const live = ({ base, index }: SubjectKeys): [string, number][] => {
    const members = space.index(index);
    dropDead(space, members, `${base}s:`);
    return [...members].filter(([member]) => !member.startsWith("~"));
  };
  /** The newest first, as Redis orders what has the same score. */
  const newestFirst = ([a, x]: readonly [string, number], [b, y]: readonly [string, number]): number =>
    y - x || (a < b ? 1 : -1);
  const check = ({ signal }: StoreCallOptions): void => signal?.throwIfAborted();

  return {
    async createLimited({ key, value, ttl, index }, { max, endOldest }, options) {
      check(options);
      const keys = { base: key.slice(0, -`s:${index.member}`.length), index: index.key };
      const present = space.get(key);
      if (present !== undefined) return present === value;
      const others = live(keys).sort(newestFirst).reverse();
      if (others.length >= max && !endOldest) return "limit";
      for (const [member] of others.slice(0, Math.max(0, others.length - max + 1))) {
        finish(keys.base, member);
        space.index(keys.index).delete(member);
      }
      space.put(key, value, ttl);
      space.index(index.key).set(index.member, index.deadline);
      return true;
    },

    async list(keys, { limit, after, own = "" }, options) {
      check(options);
      const from = after && ([after.member, after.deadline] as const);
      const rest = live(keys)
        .filter((one) => from === undefined || newestFirst(one, from) > 0)
        .sort(newestFirst);
      const entries = rest.slice(0, limit).map(([member, deadline]) => ({
        member,
        deadline,
        idle: space.ttl(`${keys.base}s:${member}`),
        value: space.get(`${keys.base}s:${member}`) ?? "",
      }));
      return {
        entries,
        own: presentOf(keys.base, own) ?? own,
        next: rest.length > limit ? entries.at(-1) : undefined,
      };
    },

    async endAll({ base, index }, except, options) {
      check(options);
      const members = space.index(index);
      const own = presentOf(base, except ?? "") ?? except ?? "";
      const kept = new Set([own, ...copiesOf(read(base, own))]);
      let ended = 0;
      for (const member of [...members.keys()]) {
        const lookup = member.replace("~", "");
        if (kept.has(lookup)) continue;
        members.delete(member);
        if (lookup !== member) remove(base, lookup);
        else if (finish(base, lookup)) ended++;
      }
      return ended;
    },

    async endMember({ base, index }, member, options) {
      check(options);
      const members = space.index(index);
      const found = [member, presentOf(base, member) ?? ""].find((one) => members.has(one));
      if (found === undefined) return false;
      members.delete(found);
      return finish(base, found);
    },

    async end({ base, lookup }, options) {
      check(options);
      const ended = finish(base, lookup);
      return reuse(base, lookup) !== null || ended;
    },

    async endReused({ base, lookup }, now, options) {
      check(options);
      const mark = markOf(base, lookup);
      if (mark === undefined || now < mark.until) return null;
      return reuse(base, lookup);
    },

    async extend({ base, lookup }, ttl, now, options) {
      check(options);
      const value = space.get(`${base}s:${lookup}`);
      const { end = Number.POSITIVE_INFINITY } = read(base, lookup) ?? {};
      const seconds = Math.min(wholeNumber("ttl", "seconds", ttl), end - now);
      if (value === undefined || seconds < 1) return false;
      space.put(`${base}s:${lookup}`, value, seconds);
      return true;
    },

    async update({ base, lookup }, data, now, options) {
      check(options);
      const { end = Number.POSITIVE_INFINITY } = read(base, lookup) ?? {};
      const done = end > now && replace(base, lookup, data);
      const present = presentOf(base, lookup);
      if (done && present !== undefined) replace(base, present, data);
      return done;
    },

    async updateAll(keys, data, options) {
      check(options);
      return live(keys).filter(([member]) => replace(keys.base, member, data)).length;
    },

    async rotate({ base, lookup, successor, grace, now, again, deadline }, options) {
      check(options);
      const mark = markOf(base, lookup);
      if (mark !== undefined) {
        if (mark.body === successor.body || now < mark.until) {
          return read(base, mark.lookup) === undefined ? null : { body: mark.body };
        }
        const victim = reuse(base, lookup);
        return victim === null ? null : { victim };
      }
      const key = `${base}s:${lookup}`;
      const value = readPlain(base, lookup);
      if (value === undefined) return null;
      const lasts = Math.min(grace, Math.round(space.ttl(key)), successor.ttl);
      const [family = lookup, ...others] = copiesOf(value);
      const copies = [family, ...others.filter((copy) => read(base, copy) !== undefined)];
      if (lasts > 0 && family !== lookup) copies.push(lookup);
      while (copies.length > MAX_COPIES + 1) remove(base, copies.splice(1, 1)[0] ?? "");
      const { old, ...rest } = value;
      write(base, successor.lookup, { old: copies.join(" "), ...rest }, successor.ttl);
      const next: Mark = {
        until: now + Math.max(lasts + LEEWAY, again),
        lookup: successor.lookup,
        body: successor.body,
        family,
      };
      space.put(`${base}r:${lookup}`, JSON.stringify(next), deadline - now);
      space.put(`${base}f:${family}`, successor.lookup, deadline - now);
      if (lasts > 0) write(base, lookup, { end: now + lasts, ...rest }, lasts);
      else space.delete(key);
      if (value.u !== undefined) {
        const index = space.index(`${base}u:${value.u}`);
        index.delete(lookup);
        if (lasts > 0) index.set(`~${lookup}`, now + lasts);
        index.set(successor.lookup, deadline);
      }
      return { body: successor.body };
    },
  };
}
