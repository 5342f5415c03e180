import { toBase64Url, toHex } from "../lib/bytes.ts";

/** The Redis keys of a person: all whose sessions share one Redis Cluster slot. */
export interface PersonKeys {
  readonly person: string;
  /** The sorted set of the sessions' lookups, by deadline. */
  readonly index: string;
  /** The key of one of the person's sessions. */
  readonly session: (lookup: string) => string;
}

/** The Redis keys of a session. */
export interface SessionKeys {
  readonly session: string;
  /** Its name in its person's index, with which its key ends. */
  readonly member: string;
  /** None without a subject. */
  readonly person?: string | undefined;
  readonly index?: string | undefined;
}

/** @param person - 12 bytes */
export function personKeys(prefix: string, person: Uint8Array): PersonKeys {
  const base = baseOf(prefix, person);
  const name = toBase64Url(person);
  return {
    person: `${base}p:${name}`,
    index: `${base}i:${name}`,
    session: (lookup) => `${base}s:${lookup}`,
  };
}

/**
 * @param lookup - 16 bytes
 * @param person - 12 bytes; none without a subject
 */
export function sessionKeys(prefix: string, lookup: Uint8Array, person: Uint8Array | undefined): SessionKeys {
  const name = toBase64Url(lookup);
  if (person === undefined) return { session: `${baseOf(prefix, lookup)}s:${name}`, member: name };
  const keys = personKeys(prefix, person);
  return { session: keys.session(name), member: name, person: keys.person, index: keys.index };
}

/** The person of a session, by the session's own keys; none without a subject. */
export function personOf({ session, member, person, index }: SessionKeys): PersonKeys | undefined {
  if (person === undefined || index === undefined) return undefined;
  return { person, index, session: (other) => session.slice(0, -member.length) + other };
}

/** What all keys of a slot begin with. Its first two bytes decide on the slot. */
const baseOf = (prefix: string, bytes: Uint8Array): string => `${prefix}{${toHex(bytes)}}:`;
