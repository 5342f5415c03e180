/** A subject's sessions: each member's score is its deadline, Unix seconds. */
export type MemoryIndex = Map<string, number>;

/** What a memory store holds, for operations that are one step since nothing in them waits. */
export interface MemorySpace {
  /** Unix seconds, with a fraction. */
  readonly now: () => number;
  get(key: string): string | undefined;
  /** Seconds that an entry has still to live; 0 where there is none. */
  ttl(key: string): number;
  /** @param ttl - seconds; without it, an entry that is there keeps its own */
  put(key: string, value: string, ttl?: number): void;
  delete(key: string): boolean;
  /** An index, made where there is none; it may hold members whose entries are gone. */
  index(key: string): MemoryIndex;
}

/** A store whose entries can be asked for more than sessions. */
export interface Spacious {
  readonly space: MemorySpace;
}

/** Removes from an index what has no entry any more; a ~ marks what a rotation left for its grace. */
export function dropDead(space: MemorySpace, index: MemoryIndex, base: string): void {
  for (const member of index.keys()) {
    if (space.get(base + member.replace(/^~/, "")) === undefined) index.delete(member);
  }
}
