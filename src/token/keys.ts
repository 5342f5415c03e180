import { toBase64Url, toHex } from "../lib/bytes.ts";

/** The Redis keys of a person. They and those of the person's sessions share one Redis Cluster slot. */
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
  /** The session's name in its person's index, which is also the end of its key. */
  readonly member: string;
  /** `undefined` without a subject, like `index`. */
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

/** The lengths of a lookup and a person in base64url. */
const LOOKUP_CHARS = 22;
const PERSON_CHARS = 16;

/** Holds two strings and derives the others, since a service memoizes the keys of many tokens. */
class SessionKeysOf implements SessionKeys {
  readonly session: string;
  readonly person: string | undefined;

  constructor(session: string, person: string | undefined) {
    this.session = session;
    this.person = person;
  }

  get member(): string {
    return this.session.slice(-LOOKUP_CHARS);
  }

  get index(): string | undefined {
    return this.person && `${this.person.slice(0, -PERSON_CHARS - 2)}i:${this.person.slice(-PERSON_CHARS)}`;
  }
}

/**
 * @param lookup - 16 bytes
 * @param person - 12 bytes; `undefined` without a subject
 */
export function sessionKeys(prefix: string, lookup: Uint8Array, person: Uint8Array | undefined): SessionKeys {
  const base = baseOf(prefix, person ?? lookup);
  const session = flat(base, "s:", toBase64Url(lookup));
  return new SessionKeysOf(session, person && flat(base, "p:", toBase64Url(person)));
}

/** Joins text into one piece: V8 stores what a template gives as a tree of its parts. */
const flat = (...parts: readonly string[]): string => parts.join("");

/** Returns the keys of a session's person; `undefined` without a subject. */
export function personOf({ session, member, person, index }: SessionKeys): PersonKeys | undefined {
  if (person === undefined || index === undefined) return undefined;
  return { person, index, session: (other) => session.slice(0, -member.length) + other };
}

/** The Redis keys of a subject's one-time token and code. They share one Redis Cluster slot. */
export interface OnceKeys {
  readonly token: string;
  readonly code: string;
}

/** @param person - 12 bytes */
export function onceKeys(prefix: string, person: Uint8Array): OnceKeys {
  const name = toBase64Url(person);
  return { token: onceKey(prefix, person), code: `${baseOf(prefix, person)}c:${name}` };
}

/**
 * The Redis key of a one-time token.
 *
 * @param name - its lookup, 16 bytes, or the person of a token that newer ones replace, 12 bytes
 */
export const onceKey = (prefix: string, name: Uint8Array): string =>
  `${baseOf(prefix, name)}o:${toBase64Url(name)}`;

/** The common beginning of all keys in a slot. The hash tag, two bytes in hexadecimal, determines the slot. */
const baseOf = (prefix: string, bytes: Uint8Array): string => `${prefix}{${toHex(bytes)}}:`;
