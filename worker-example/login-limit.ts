import { networkOf } from "./network.ts";

/** How often a name may be tried from one network within the window, before a right password forgives all. */
const BY_NAME = 10;
/** How many wrong passwords may come from one network within the window, whatever the names: an office has many users. */
const BY_NETWORK = 100;
const WINDOW_SECONDS = 15 * 60;
/** So that nobody fills the memory: one network has at most a hundred names in it. */
const MOST_ENTRIES = 10_000;

export interface LoginLimit {
  /**
   * Counts an attempt before its password is looked at, so that many at the same time get no further than one by one.
   *
   * @returns seconds to wait; 0 where it may be made now
   */
  attempt(name: string, address: string): number;
  /** Takes the attempt back, and forgets those before it by this name: the password was right. */
  succeeded(name: string, address: string): void;
}

/**
 * Slows down who guesses passwords (OWASP ASVS 6.3.1): one user's by name and network together, since by the name alone anyone
 * could lock anyone out; and many users' by the network alone. An IPv6 network is a /64, of which one machine has all addresses.
 *
 * It counts in memory, so each process, and each isolate of a Worker, counts for itself. Where that is too little, put
 * a rule of Cloudflare's or `@upstash/ratelimit` in front of POST /login, or in here.
 *
 * @param now - Unix seconds
 */
export function createLoginLimit(now: () => number = () => Date.now() / 1000): LoginLimit {
  const names = createCounter(BY_NAME, now);
  const networks = createCounter(BY_NETWORK, now);
  // No name is longer than the form allows.
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
      // Only this one: else whoever has an account could guess others' passwords between sign-ins of their own.
      networks.takeBack(network);
    },
  };
}

interface Counter {
  /** Seconds until one more may be added; 0 where it may be now. */
  wait(key: string): number;
  add(key: string): void;
  takeBack(key: string): void;
  forget(key: string): void;
}

/** Counts what happens within a window that begins with the first. */
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
