import { randomInt } from "node:crypto";
import type { Redis } from "ioredis";

/** The arguments of an old library's sign. */
export interface OldSign {
  readonly user: Readonly<Record<string, unknown>>;
  readonly secret: string;
  /** The default is `sess:` in Node's library, and empty in PHP's. */
  readonly prefix: string;
  /** Seconds. If it is omitted, the library crashed before it sent EXPIRE. */
  readonly expire?: number;
}

export interface OldSession {
  readonly token: string;
  readonly key: string;
}

const group = (digits: number) => randomInt(0x1_0000).toString(16).padStart(digits, "0");
const fiveGroups = (digits: number) => Array.from({ length: 5 }, () => group(digits)).join("-");

/** Writes a session as the Node library of 2017 did: HMSET of truthy values, as strings, and then EXPIRE. */
export function signedByOldNode(redis: Redis, { user, ...how }: OldSign): Promise<OldSession> {
  const kept = Object.entries(user).filter(([, value]) => Boolean(value));
  return write(redis, fiveGroups(4), Object.fromEntries(kept.map(([k, v]) => [k, String(v)])), how);
}

/** Writes a session as the PHP library did: without padding in the token, and with every value. */
export function signedByOldPhp(redis: Redis, { user, ...how }: OldSign): Promise<OldSession> {
  const text = (value: unknown) =>
    value === true ? "1" : value === false || value === null ? "" : String(value);
  const all = Object.entries(user).map(([k, v]) => [k, text(v)]);
  return write(redis, fiveGroups(1), Object.fromEntries(all), how);
}

async function write(
  redis: Redis,
  token: string,
  fields: Readonly<Record<string, string>>,
  { secret, prefix, expire }: Omit<OldSign, "user">,
): Promise<OldSession> {
  const key = prefix + Buffer.from(token + secret).toString("base64");
  await redis.hmset(key, { ...fields });
  if (expire !== undefined) await redis.expire(key, expire);
  return { token, key };
}
