import { isObject } from "./lib/json.ts";

/** A live session, as `verify` gives it. Times are Unix seconds. */
export interface Session<Data = unknown> {
  /** What was signed. */
  readonly data: Data;
  /** The user's id, where `sign` was given one. */
  readonly subject: string | undefined;
  /** What the service noted about the session, such as the device; not part of the user's data. */
  readonly meta: SessionMeta | undefined;
  /** When it was signed, Unix seconds. */
  readonly issuedAt: number;
  /** The absolute end of its life, Unix seconds; nothing extends it past this. */
  readonly deadline: number;
  /** Its idle time-out, seconds. */
  readonly expire: number;
}

/** Any JSON object. */
export type SessionMeta = Readonly<Record<string, unknown>>;

/** What is stored of a session; `expire` is in the token alone. */
export type StoredSession = Omit<Session, "expire">;

/**
 * The session value of the wire format. `JSON.stringify` leaves out what is `undefined`.
 *
 * @param index - the name of the subject's index, where the session is in one
 */
export const encodeSession = (session: StoredSession, index?: string): string =>
  JSON.stringify({
    v: 1,
    iat: session.issuedAt,
    exp: session.deadline,
    u: index,
    sub: session.subject,
    data: session.data,
    meta: session.meta,
  });

/**
 * Reads a session value.
 *
 * @param deadline - the token's own, Unix seconds
 * @param now - Unix seconds; a token that was rotated away has an `end` of its own
 * @returns `null` for a JSON object that isn't a version 1 session with that deadline: it is not the session that
 *   was signed; `undefined` for what is no JSON object at all, and so no answer to the question
 */
export function decodeSession(text: string, deadline: number, now: number): StoredSession | null | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Nor is it an object.
  }
  if (!isObject(value)) return undefined;
  // Own properties alone, should a program's Object.prototype be polluted.
  const { v, exp, iat, sub, meta, data, end = exp }: Record<string, unknown> = { __proto__: null, ...value };
  if (v !== 1 || exp !== deadline || data === undefined) return null;
  // What isn't a number is no end that lies ahead.
  if (!Number.isInteger(iat) || !(now < (end as number))) return null;
  if (sub !== undefined && typeof sub !== "string") return null;
  if (meta !== undefined && !isObject(meta)) return null;
  return { data, subject: sub, meta, issuedAt: iat as number, deadline };
}
