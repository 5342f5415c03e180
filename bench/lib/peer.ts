import type { RequestListener } from "node:http";
import type { User } from "./user.ts";

/** `bare`: the Redis client alone, the floor. `stateless`: asks nobody, and can't revoke. */
export type Kind = "bare" | "ours" | "peer" | "stateless";

/** A protected route that answers `{"id":"42"}`, and how a request carries the credential. */
export interface Route {
  readonly framework: "Hono" | "Express";
  /** Made in the process that serves it, since Hono's takes the place of the global `Request` and `Response`. */
  readonly listener: () => RequestListener;
  readonly headers: (credential: string) => Readonly<Record<string, string>>;
}

/** What is compared: every peer in its cheapest documented setting that does the work. */
export interface Peer {
  readonly name: string;
  readonly kind: Kind;
  /** What its speed is set against: the bare client that it uses; ioredis's by default. */
  readonly floor?: string;
  /** Starts a session and gives what opens it: a token, or a cookie's header. */
  sign(): Promise<string>;
  /** The user, or `null`. */
  verify(credential: string): Promise<User | null>;
  /** The same, starting the idle time-out anew in Redis. */
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
