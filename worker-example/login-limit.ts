import { networkOf } from "./network.ts";

/** Attempts for one name from one network within the window. A right password resets the count. */
const BY_NAME = 10;
/** Wrong passwords from one network within the window, for all names together. Higher, since an office has many users. */
const BY_NETWORK = 100;
const WINDOW_SECONDS = 15 * 60;
/** Limits the memory. Each network has at most a hundred names in it. */
const MOST_ENTRIES = 10_000;

export interface LoginLimit {
  /**
   * Counts an attempt before the password is checked, so that concurrent attempts are limited like consecutive ones.
   *
   * @returns seconds to wait, or 0 if the attempt is allowed now
   */
  attempt(name: string, address: string): number;
  /** Call it if the password was right: it uncounts the attempt, and all earlier ones for this name. */
  succeeded(name: string, address: string): void;
}

/**
 * Limits password guessing (OWASP ASVS 6.3.1). Guesses of one user's password are counted by name and network together, because with
 * the name alone anyone could lock others out. Guesses of many users' passwords are counted by network. An IPv6 network is a /64,
 * since one machine can use all its addresses.
 *
 * It counts in memory, so each process, and each isolate of a Worker, counts for itself. If that isn't enough, put a Cloudflare rate
 * limiting rule or `@upstash/ratelimit` in front of POST /login, or in here.
 *
 * @param now - Unix seconds
 */
export function createLoginLimit(now: () => number = () => Date.now() / 1000): LoginLimit {
  const names = createCounter(BY_NAME, now);
  const networks = createCounter(BY_NETWORK, now);
  // The form allows names of up to 100 characters.
  const keyOf = (name: string, network: string): string => JSON.stringify([name.slice(0, 100), network]);
  return {
    attempt(name, address) {
      const network = networkOf(address);
      const key = keyOf(name, network);
      const wait = Math.max(names.wait(key), networks.wait(network));
      if (wait > 0) return wait;
      names.add(key);
      networks.add(network);
      return 0;
    },
    succeeded(name, address) {
      const network = networkOf(address);
      names.forget(keyOf(name, network));
      // Uncount only this attempt. Otherwise a user could guess others' passwords, and reset the count by signing in.
      networks.takeBack(network);
    },
  };
}

interface Counter {
  /** Seconds until one more may be added. 0 if it may be added now. */
  wait(key: string): number;
  add(key: string): void;
  takeBack(key: string): void;
  forget(key: string): void;
}

/** Counts per key within a window that begins with the first count. */
function createCounter(most: number, now: () => number): Counter {
  const entries = new Map<string, { count: number; readonly end: number }>();

  function find(key: string) {
    const entry = entries.get(key);
    if (entry === undefined || entry.end > now()) return entry;
    entries.delete(key);
    return undefined;
  }

  return {
    wait(key) {
      const entry = find(key);
      return entry !== undefined && entry.count >= most ? Math.ceil(entry.end - now()) : 0;
    },
    add(key) {
      const entry = find(key) ?? { count: 0, end: now() + WINDOW_SECONDS };
      entry.count += 1;
      entries.set(key, entry);
      const [oldest] = entries.keys();
      if (entries.size > MOST_ENTRIES && oldest !== undefined) entries.delete(oldest);
    },
    takeBack(key) {
      const entry = find(key);
      if (entry !== undefined && entry.count > 0) entry.count -= 1;
    },
    forget: (key) => void entries.delete(key),
  };
}
