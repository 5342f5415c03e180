/** How often a name may be tried with a wrong password from one address, within the window. */
const FAILURES = 10;
const WINDOW_SECONDS = 15 * 60;
/** So that nobody fills the memory with names. */
const MOST_ENTRIES = 10_000;

export interface LoginLimit {
  /** Seconds to wait before the next attempt; 0 where it may be made now. */
  wait(name: string, address: string): number;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

/**
 * Slows down who guesses passwords (OWASP ASVS 6.3.1). By name and address together: by the name alone, anyone could lock
 * anyone out.
 *
 * It counts in memory, so each process, and each isolate of a Worker, counts for itself. Where that is too little, put
 * a rule of Cloudflare's or `@upstash/ratelimit` in front of POST /login, or in here.
 *
 * @param now - Unix seconds
 */
export function createLoginLimit(now: () => number = () => Date.now() / 1000): LoginLimit {
  const failures = new Map<string, { count: number; readonly end: number }>();
  const keyOf = (name: string, address: string): string => JSON.stringify([name, address]);

  function find(key: string) {
    const entry = failures.get(key);
    if (entry === undefined || entry.end > now()) return entry;
    failures.delete(key);
    return undefined;
  }

  return {
    wait(name, address) {
      const entry = find(keyOf(name, address));
      return entry === undefined || entry.count < FAILURES ? 0 : Math.ceil(entry.end - now());
    },
    failed(name, address) {
      const key = keyOf(name, address);
      const entry = find(key) ?? { count: 0, end: now() + WINDOW_SECONDS };
      entry.count += 1;
      failures.set(key, entry);
      const [oldest] = failures.keys();
      if (failures.size > MOST_ENTRIES && oldest !== undefined) failures.delete(oldest);
    },
    succeeded: (name, address) => void failures.delete(keyOf(name, address)),
  };
}
