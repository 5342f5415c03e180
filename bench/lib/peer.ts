import type { RequestListener } from "node:http";
import type { User } from "./user.ts";

/** `bare`: the Redis client alone, which is the floor. `stateless`: asks no Redis, and can't revoke. */
export type Kind = "bare" | "ours" | "peer" | "stateless";

/** A protected route that answers `{"id":"42"}`, and how a request carries the credential. */
export interface Route {
  readonly framework: "Hono" | "Express";
  /** Made in the process that serves it, since Hono's listener replaces the global `Request` and `Response`. */
  readonly listener: () => RequestListener;
  readonly headers: (credential: string) => Readonly<Record<string, string>>;
}

/** What is compared: each peer with its cheapest documented settings that do the work. */
export interface Peer {
  readonly name: string;
  readonly kind: Kind;
  /** The bare client that its speed is compared with; ioredis by default. */
  readonly floor?: string;
  /** Starts a session and gives its credential: a token, or a Cookie header. */
  sign(): Promise<string>;
  /** The user, or `null`. */
  verify(credential: string): Promise<User | null>;
  /** The same, restarting the idle timeout in Redis. */
  verifySliding?(credential: string): Promise<User | null>;
  /** A credential that looks right and whose signature is wrong. None where there is no signature. */
  readonly forge?: (credential: string) => string;
  readonly route?: Route;
  close(): Promise<void>;
}

export type OpenPeer = (redisUrl: string) => Promise<Peer>;

/**
 * Another character near the end, where the signature is: the last one may hold unused bits of base64, and those of an
 * escape such as `%2B` are left alone.
 */
export function forge(credential: string): string {
  const end = credential.length;
  for (let i = end - 8; i > 0; i--) {
    if (!/^[A-Za-z0-9]$/.test(credential.charAt(i)) || credential.slice(i - 2, i).includes("%")) continue;
    const other = credential.charAt(i) === "A" ? "B" : "A";
    return credential.slice(0, i) + other + credential.slice(i + 1);
  }
  throw new Error("nothing to forge");
}

/** Where the library throws for what it refuses. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch {
    return null;
  }
}
