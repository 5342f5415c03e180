export interface PathCount {
  /** HTTP requests with the right token, whatever the answer was. */
  requests: number;
  /** Commands that were sent to Redis. */
  commands: number;
}

/** Counts round trips since the start or the last reset. */
export interface RequestCounts {
  readonly total: PathCount;
  readonly paths: Readonly<Record<string, PathCount>>;
  reset(): void;
}

export interface RequestCounter extends RequestCounts {
  countRequest(path: string): void;
  countCommands(path: string, commands: number): void;
}

export function createRequestCounter(): RequestCounter {
  const counts = new Map<string, PathCount>();
  function at(path: string): PathCount {
    const count = counts.get(path) ?? { requests: 0, commands: 0 };
    counts.set(path, count);
    return count;
  }
  return {
    get total() {
      const total = { requests: 0, commands: 0 };
      for (const { requests, commands } of counts.values()) {
        total.requests += requests;
        total.commands += commands;
      }
      return total;
    },
    get paths() {
      return Object.fromEntries([...counts].map(([path, count]) => [path, { ...count }]));
    },
    reset: () => counts.clear(),
    countRequest: (path) => void at(path).requests++,
    countCommands(path, commands) {
      at(path).commands += commands;
    },
  };
}
