import type { RequestListener } from "node:http";
import type { User } from "./user.ts";

/** `bare`: the Redis client alone, the lower bound of the cost. `stateless`: doesn't ask Redis, and can't revoke. */
export type Kind = "bare" | "ours" | "peer" | "stateless";

export const FRAMEWORKS = ["Hono", "Express", "Fastify", "Next"] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** A protected route that answers `{"id":"42"}`, and how a request carries the credential. */
export interface Route {
  readonly framework: Framework;
  /** By default the root. */
  readonly path?: string;
  /** Made in the process that serves it, since Hono's listener replaces the global `Request` and `Response`. */
  readonly listener: () => RequestListener;
  readonly headers: (credential: string) => Readonly<Record<string, string>>;
}

/** A library that is compared, with its cheapest documented settings that do the work. */
export interface Peer {
  readonly name: string;
  readonly kind: Kind;
  /** The bare client that its speed is compared with. By default ioredis. */
  readonly floor?: string;
  /** Starts a session and returns its credential: a token, or a Cookie header. */
  sign(): Promise<string>;
  /** Returns the user, or `null`. */
  verify(credential: string): Promise<User | null>;
  /** The same, restarting the idle timeout in Redis. */
  verifySliding?(credential: string): Promise<User | null>;
  /** Makes a well-formed credential with a wrong signature. Absent if credentials aren't signed. */
  readonly forge?: (credential: string) => string;
  readonly route?: Route;
  close(): Promise<void>;
}

export type OpenPeer = (redisUrl: string) => Promise<Peer>;

/**
 * Changes a character near the end, where the signature is. Not the last one, which may hold unused bits of base64, and none of an
 * escape such as `%2B`.
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

/** Returns `null` for libraries that throw when they reject. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch {
    return null;
  }
}
