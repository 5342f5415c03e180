import { callable, knownOptions, wholeNumber } from "../lib/check.ts";
import { type Clock, systemClock } from "../lib/clock.ts";
import type { IndexEntry, TokenStore } from "../store.ts";
import { dropDead, type MemoryIndex, type MemorySpace, type Spacious } from "./memory-space.ts";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /**
   * How many entries it holds at most; beyond that the oldest go, which logs their users out.
   * @default 10000
   */
  readonly maxEntries?: number | undefined;
  /**
   * The clock, in Unix seconds; for tests.
   * @default the system's
   */
  readonly now?: Clock | undefined;
}

interface Entry {
  readonly value: string;
  readonly end: number;
}

/** Seconds between two searches for entries past their end: each looks at all, so a full store must not at each call. */
const SWEEP_EVERY = 60;
const SWEEP_FULL_EVERY = 1;

/**
 * Sessions in this process's memory: for development and tests, and a service of a single process. Other
 * processes, and other isolates of one Worker, don't see them.
 *
 * @throws OptionTypeError, OptionRangeError
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 *
 * const rwt = createRwt({ store: memoryStore({ maxEntries: 500 }), secret: "s".repeat(32) });
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): TokenStore & Spacious {
  const { maxEntries = 10_000, now = systemClock } = knownOptions("memoryStore's options", options, [
    "maxEntries",
    "now",
  ]);
  callable("now", now);
  const capacity = wholeNumber("maxEntries", "entries", maxEntries);
  const entries = new Map<string, Entry>();
  const indexes = new Map<string, MemoryIndex>();
  let lastSweep = Number.NEGATIVE_INFINITY;

  function find(key: string): Entry | undefined {
    const entry = entries.get(key);
    if (entry === undefined || entry.end > now()) return entry;
    entries.delete(key);
    return undefined;
  }

  function put(key: string, value: string, ttl: number): void {
    entries.set(key, { value, end: now() + wholeNumber("ttl", "seconds", ttl) });
  }

  /** No timer: it would keep a process alive, and a Worker's global scope may have none. */
  function makeRoom(): void {
    const isFull = entries.size >= capacity;
    if (now() - lastSweep >= (isFull ? SWEEP_FULL_EVERY : SWEEP_EVERY)) {
      for (const [key, entry] of entries) if (entry.end <= now()) entries.delete(key);
      for (const [key, index] of indexes) {
        dropDead(space, index, key.replace(/u:[\w-]+$/, "s:"));
        if (index.size === 0) indexes.delete(key);
      }
      lastSweep = now();
    }
    for (const key of entries.keys()) {
      if (entries.size < capacity) break;
      entries.delete(key);
    }
  }

  function indexOf(key: string): MemoryIndex {
    const index = indexes.get(key) ?? new Map<string, number>();
    indexes.set(key, index);
    return index;
  }

  function join(key: string, { key: indexKey, member, deadline }: IndexEntry): void {
    const index = indexOf(indexKey);
    index.set(member, deadline);
    // A Map in memory is small beside its entries: now and then is enough.
    if (index.size % 16 === 0) dropDead(space, index, key.slice(0, -member.length));
  }

  const space: MemorySpace = {
    now,
    get: (key) => find(key)?.value,
    ttl: (key) => (find(key)?.end ?? now()) - now(),
    put(key, value, ttl) {
      const present = find(key);
      if (present === undefined) makeRoom();
      if (ttl !== undefined) put(key, value, ttl);
      else if (present !== undefined) entries.set(key, { value, end: present.end });
    },
    delete: (key) => find(key) !== undefined && entries.delete(key),
    index: indexOf,
  };

  return {
    space,
    async create({ key, value, ttl, index }, callOptions) {
      callOptions?.signal?.throwIfAborted();
      const present = find(key);
      if (present !== undefined && present.value !== value) return false;
      if (present === undefined) {
        makeRoom();
        put(key, value, ttl);
      }
      if (index !== undefined) join(key, index);
      return true;
    },
    async read(key, callOptions) {
      callOptions?.signal?.throwIfAborted();
      const entry = find(key);
      if (entry !== undefined && callOptions?.slideTo !== undefined)
        put(key, entry.value, callOptions.slideTo);
      return entry?.value ?? null;
    },
    async extend(key, ttl, callOptions) {
      callOptions?.signal?.throwIfAborted();
      const entry = find(key);
      if (entry !== undefined) put(key, entry.value, ttl);
      return entry !== undefined;
    },
    async remove(key, callOptions) {
      callOptions?.signal?.throwIfAborted();
      return space.delete(key);
    },
    async connect(callOptions) {
      callOptions?.signal?.throwIfAborted();
    },
    async disconnect() {},
  };
}
