/** How often a name may be tried from one address within the window, before a right password forgives all. */
const ATTEMPTS = 10;
const WINDOW_SECONDS = 15 * 60;
/** So that nobody fills the memory with names. */
const MOST_ENTRIES = 10_000;

export interface LoginLimit {
  /**
   * Counts an attempt before its password is looked at, so that many at the same time get no further than one by one.
   *
   * @returns seconds to wait; 0 where it may be made now
   */
  attempt(name: string, address: string): number;
  /** Forgets the attempts: the last one was right. */
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
  const attempts = new Map<string, { count: number; readonly end: number }>();
  // No name is longer than the form allows.
  const keyOf = (name: string, address: string): string => JSON.stringify([name.slice(0, 100), address]);

  function find(key: string) {
    const entry = attempts.get(key);
    if (entry === undefined || entry.end > now()) return entry;
    attempts.delete(key);
    return undefined;
  }

  return {
    attempt(name, address) {
      const key = keyOf(name, address);
      const entry = find(key) ?? { count: 0, end: now() + WINDOW_SECONDS };
      if (entry.count >= ATTEMPTS) return Math.ceil(entry.end - now());
      entry.count += 1;
      attempts.set(key, entry);
      const [oldest] = attempts.keys();
      if (attempts.size > MOST_ENTRIES && oldest !== undefined) attempts.delete(oldest);
      return 0;
    },
    succeeded: (name, address) => void attempts.delete(keyOf(name, address)),
  };
}
