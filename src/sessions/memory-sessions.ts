import { isObject } from "../lib/json.ts";
import type { StoreCallOptions } from "../store.ts";
import { dropDead, type MemorySpace } from "../stores/memory-space.ts";
import type { SessionStore, SubjectKeys } from "./store.ts";

/** What a rotation leaves: for whom the old token stood, and until when asking again gives the same. */
interface Mark {
  readonly until: number;
  /** 0 where there was none. */
  readonly graceEnd: number;
  readonly lookup: string;
  readonly body: string;
}

/** Seconds by which the clocks of two services may differ. */
const LEEWAY = 2;

/** A session value with what rotations add to it. */
interface Value extends Record<string, unknown> {
  readonly u?: string;
  /** Lookups of the copies that are left for their grace. */
  readonly old?: string;
}

/** A person's sessions in a memory store: what the scripts do in Redis, in one step since nothing in it waits. */
export function memorySessions(space: MemorySpace): SessionStore {
  const read = (base: string, lookup: string): Value | undefined => {
    const text = space.get(`${base}s:${lookup}`);
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return isObject(value) ? (value as Value) : undefined;
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

  /** Each token that came of one that was rotated away. */
  function* successorsOf(base: string, lookup: string): Generator<string> {
    for (let mark = markOf(base, lookup); mark; mark = markOf(base, mark.lookup)) yield mark.lookup;
  }

  function reuse(base: string, old: string): string | null {
    let victim: string | null = null;
    for (const lookup of successorsOf(base, old)) {
      const value = space.get(`${base}s:${lookup}`);
      if (value !== undefined) victim = value;
      finish(base, lookup);
    }
    return victim;
  }

  function replace(base: string, lookup: string, data: string): boolean {
    const value = read(base, lookup);
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
    async createLimited({ key, value, ttl, index }, keys, { max, endOldest }, options) {
      check(options);
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

    async list(keys, limit, after, options) {
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
      return { entries, next: rest.length > limit ? entries.at(-1) : undefined };
    },

    async endAll({ base, index }, except, options) {
      check(options);
      const members = space.index(index);
      const kept = new Set<string>();
      for (let lookup = except; lookup !== undefined; lookup = markOf(base, lookup)?.lookup) {
        for (const one of [lookup, ...copiesOf(read(base, lookup))]) kept.add(one);
      }
      let ended = 0;
      for (const member of [...members.keys()]) {
        const lookup = member.replace("~", "");
        if (kept.has(lookup)) continue;
        members.delete(member);
        if (remove(base, lookup) && lookup === member) ended++;
      }
      return ended;
    },

    async endMember({ base, index }, member, options) {
      check(options);
      const members = space.index(index);
      const found = [member, ...successorsOf(base, member)].find((one) => members.has(one));
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
      const { graceEnd = 0 } = markOf(base, lookup) ?? {};
      if (graceEnd > 0 && now < graceEnd + LEEWAY) return null;
      return reuse(base, lookup);
    },

    async update({ base, lookup }, data, options) {
      check(options);
      const done = replace(base, lookup, data);
      if (done) for (const successor of successorsOf(base, lookup)) replace(base, successor, data);
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
      const value = read(base, lookup);
      if (value === undefined) return null;
      const lasts = Math.min(grace, Math.round(space.ttl(key)));
      const copies = copiesOf(value).filter((copy) => read(base, copy) !== undefined);
      if (lasts > 0) copies.unshift(lookup);
      const { old, ...rest } = value;
      write(base, successor.lookup, { old: copies.join(" "), ...rest }, successor.ttl);
      const until = now + Math.max(lasts + LEEWAY, again);
      const graceEnd = lasts > 0 ? now + lasts : 0;
      const next: Mark = { until, graceEnd, lookup: successor.lookup, body: successor.body };
      space.put(`${base}r:${lookup}`, JSON.stringify(next), deadline - now);
      if (lasts > 0) write(base, lookup, { end: graceEnd, ...rest }, lasts);
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
