import type { Clock } from "../../lib/clock.ts";
import type { Value } from "./lua.ts";

type Members = Map<string, number>;

interface Entry {
  readonly value: string | Members;
  /** Unix seconds, with a fraction. */
  readonly end: number;
}

/** The Redis commands that the library sends, over a map. */
export interface MemoryCommands {
  /** @returns `null` for nil */
  run(name: string, args: readonly unknown[]): unknown;
}

/** Seconds between two searches for expired entries, normally and when the map is full. Each search looks at all entries. */
const SWEEP_EVERY = 60;
const SWEEP_FULL_EVERY = 1;

/** @param capacity - the maximum of entries; when full, the least recently used entries are evicted */
export function memoryCommands(capacity: number, now: Clock): MemoryCommands {
  const entries = new Map<string, Entry>();
  let lastSweep = Number.NEGATIVE_INFINITY;
  let calls = 0;

  function find(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    entries.delete(key);
    if (entry.end <= now()) return undefined;
    // Moves it to the end of the map, so that it is evicted last.
    entries.set(key, entry);
    return entry;
  }

  const text = (key: string): string => (find(key)?.value ?? "") as string;
  const members = (key: string): Members => (find(key)?.value ?? new Map()) as Members;

  function put(key: string, value: string | Members, end: number): void {
    if (!entries.delete(key)) makeRoom();
    entries.set(key, { value, end });
  }

  /**
   * Removes expired entries, then evicts if there is still no room. It needs no timer, which would keep a process alive, and isn't
   * allowed in a Worker's global scope.
   */
  function makeRoom(): void {
    const isFull = entries.size >= capacity;
    if (now() - lastSweep >= (isFull ? SWEEP_FULL_EVERY : SWEEP_EVERY)) {
      for (const [key, entry] of entries) if (entry.end <= now()) entries.delete(key);
      lastSweep = now();
    }
    for (const key of entries.keys()) {
      if (entries.size < capacity) break;
      entries.delete(key);
    }
  }

  /** A sorted set's members in Redis's order. */
  const sorted = (key: string): [string, number][] =>
    [...members(key)].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));

  function set(key: string, value: string, options: readonly string[]): "OK" | null {
    const present = find(key);
    if (options.includes(present === undefined ? "XX" : "NX")) return null;
    const seconds = (unit: string, per: number): number | undefined => {
      const at = options.indexOf(unit);
      return at < 0 ? undefined : Number(options[at + 1]) / per;
    };
    const ttl = seconds("EX", 1) ?? seconds("PX", 1000);
    // A key without an expiry would be a bug of ours. Here it would be kept until it is evicted.
    put(key, value, (ttl === undefined ? present?.end : now() + ttl) ?? Number.POSITIVE_INFINITY);
    return "OK";
  }

  function expire(key: string, seconds: number): 0 | 1 {
    const entry = find(key);
    if (entry === undefined) return 0;
    put(key, entry.value, now() + seconds);
    return 1;
  }

  /** Changes a sorted set. An empty one is removed, as in Redis. */
  function change(key: string, by: (set: Members) => boolean): 0 | 1 {
    const entry = find(key);
    const set = members(key);
    const isChanged = by(set);
    if (set.size === 0) entries.delete(key);
    else put(key, set, entry?.end ?? Number.POSITIVE_INFINITY);
    return isChanged ? 1 : 0;
  }

  function range(
    key: string,
    from: string | number,
    to: string | number,
    options: readonly string[],
  ): string[] {
    const all = options.includes("REV") ? sorted(key).reverse() : sorted(key);
    // BYSCORE works only with REV, and down to the lowest score.
    const chosen = options.includes("BYSCORE") ? all.filter(([, score]) => score <= Number(from)) : all;
    const limit = options.indexOf("LIMIT");
    const [first, last] =
      limit < 0
        ? [Number(from), Number(to)]
        : [Number(options[limit + 1]), Number(options[limit + 1]) + Number(options[limit + 2]) - 1];
    const page = chosen.slice(first, last < 0 ? undefined : last + 1);
    return options.includes("WITHSCORES")
      ? page.flatMap(([member, score]) => [member, String(score)])
      : page.map(([member]) => member);
  }

  const get = (key: string): string | null => (find(key)?.value as string | undefined) ?? null;

  // Each command has arguments of its own types, as in Redis.
  const commands: Readonly<Record<string, (...args: Value[]) => unknown>> = {
    PING: () => "PONG",
    // The microseconds count the calls, so that no two times are the same.
    TIME: () => [String(Math.floor(now())), String(calls++ % 1_000_000)],
    GET: get,
    MGET: (...keys: string[]) => keys.map(get),
    SET: (key: string, value: string, ...options: unknown[]) => set(key, value, options.map(String)),
    GETEX(key: string, unit: "EX" | "PX", time: string | number) {
      expire(key, unit === "EX" ? Number(time) : Number(time) / 1000);
      return get(key);
    },
    GETDEL(key: string) {
      const value = get(key);
      entries.delete(key);
      return value;
    },
    EXISTS: (key: string) => (find(key) === undefined ? 0 : 1),
    DEL: (...keys: string[]) => keys.filter((key) => find(key) !== undefined && entries.delete(key)).length,
    EXPIRE: (key: string, seconds: string | number) => expire(key, Number(seconds)),
    PTTL(key: string) {
      const entry = find(key);
      if (entry === undefined) return -2;
      return Number.isFinite(entry.end) ? Math.ceil((entry.end - now()) * 1000) : -1;
    },
    STRLEN: (key: string) => text(key).length,
    APPEND(key: string, more: string) {
      put(key, text(key) + more, find(key)?.end ?? Number.POSITIVE_INFINITY);
      return text(key).length;
    },
    GETRANGE: (key: string, from: string | number, to: string | number) =>
      text(key).slice(Number(from), Number(to) + 1),
    SETRANGE(key: string, offset: string | number, piece: string) {
      const old = text(key);
      const [from, to] = [Number(offset), Number(offset) + piece.length];
      put(key, old.slice(0, from) + piece + old.slice(to), find(key)?.end ?? Number.POSITIVE_INFINITY);
      return old.length;
    },
    ZADD: (key: string, score: string | number, member: string) =>
      change(key, (set) => {
        const isNew = !set.has(member);
        set.set(member, Number(score));
        return isNew;
      }),
    ZREM: (key: string, member: string) => change(key, (set) => set.delete(member)),
    ZCARD: (key: string) => members(key).size,
    ZRANGE: (key: string, from: string | number, to: string | number, ...options: string[]) =>
      range(key, from, to, options),
    ZREVRANK(key: string, member: string) {
      const at = sorted(key)
        .reverse()
        .findIndex(([each]) => each === member);
      return at < 0 ? null : at;
    },
    ZRANDMEMBER(key: string, count: number) {
      const all = sorted(key).map(([member]) => member);
      const from = Math.floor(Math.random() * all.length);
      return [...all.slice(from), ...all.slice(0, from)].slice(0, count);
    },
  };

  return {
    run(name, args) {
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
      if (command === undefined) throw new Error(`ERR unknown command '${name}'`);
      return command(...args);
    },
  };
}
