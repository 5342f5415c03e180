import type { CheckedSession, Snapshot } from "../store.ts";
import { unexpectedReply } from "./faults.ts";

/** Line 1 of a session's value, as far as a reader needs it. */
export interface SessionHeader {
  /** As it stands there: ten digits. */
  readonly iat: string;
  readonly epoch: string;
  readonly generation: number;
  /** Whether the present generation has been used. */
  readonly isUsed: boolean;
  /** Whether the generation before ended with the rotation. */
  readonly endedAtOnce: boolean;
  /** Up to when the generation before is accepted in any case, Unix seconds. */
  readonly graceEnd: number;
  readonly serial: string;
  readonly revision: string;
}

/** Line 1 of a person's value. */
export interface PersonHeader {
  readonly epoch: string;
  readonly serial: string;
}

const SESSION = /^1 (\d{10}) ([\w-]{11}) (\d{5}) (\d) (\d{10}) \d{10} (\d{8}) (\d{8})/;
const PERSON = /^1 ([\w-]{11}) (\d{8})/;
/** Of another version of the format. */
const OTHER_VERSION = /^(?!1 )\d+ /;
/** In the epoch's place of a session without a subject. */
export const NO_EPOCH = "-----------";

/** @returns `null` where the value is of another version of the format */
export function readSessionHeader(text: string): SessionHeader | null {
  const found = SESSION.exec(text);
  if (found === null) return foreign(text);
  const [, iat = "", epoch = "", generation, state, graceEnd, serial = "", revision = ""] = found;
  return {
    iat,
    epoch,
    generation: Number(generation),
    isUsed: Number(state) % 2 === 1,
    endedAtOnce: Number(state) >= 2,
    graceEnd: Number(graceEnd),
    serial,
    revision,
  };
}

/** @returns `null` where the value is of another version of the format */
export function readPersonHeader(text: string): PersonHeader | null {
  const found = PERSON.exec(text);
  if (found === null) return foreign(text);
  const [, epoch = "", serial = ""] = found;
  return { epoch, serial };
}

/** Any other text says nothing about the session: nobody knows whether it lives. */
function foreign(text: string): null {
  if (OTHER_VERSION.test(text)) return null;
  throw unexpectedReply();
}

/** A session's header and its person's, which agree. */
export interface Agreeing {
  readonly session: SessionHeader;
  readonly person: PersonHeader | undefined;
}

/**
 * Whether a session and its person are both there and agree on the epoch; only then does the session live.
 *
 * @param hasPerson - whether the token has one
 */
export function agree({ session, person }: Snapshot, hasPerson: boolean): Agreeing | null {
  const header = session === null ? null : readSessionHeader(session);
  if (header === null) return null;
  if (!hasPerson) return header.epoch === NO_EPOCH ? { session: header, person: undefined } : null;
  const owner = person == null ? null : readPersonHeader(person);
  if (owner?.epoch !== header.epoch || owner.epoch === NO_EPOCH) return null;
  return { session: header, person: owner };
}

/** Lines 2 and 3 of a value, of which a person's may have none. */
function linesOf(text: string): readonly [second: string, third: string] {
  // Found one by one: the data may be long, and hold whatever else ends a line elsewhere.
  const first = text.indexOf("\n");
  if (first < 0) return ["", ""];
  const second = text.indexOf("\n", first + 1);
  if (second < 0) return [text.slice(first + 1), ""];
  const third = text.indexOf("\n", second + 1);
  return [text.slice(first + 1, second), text.slice(second + 1, third < 0 ? undefined : third)];
}

/** Line 2 of a session: subject and meta. It is never empty. */
export function factsIn(session: string): string {
  const [facts] = linesOf(session);
  if (facts === "") throw unexpectedReply();
  return facts;
}

/** What a session that lives holds: its own data, or its person's where these are newer. */
export function contentsOf(
  { session, person }: Snapshot,
  headers: Agreeing,
  keys: { readonly session: string; readonly person?: string | undefined },
): Omit<CheckedSession, "isLive"> {
  const [facts, own] = linesOf(session as string);
  const isBehind = headers.person !== undefined && headers.person.serial > headers.session.serial;
  const data = isBehind ? linesOf(person as string)[0] : own;
  // Neither is ever empty: JSON isn't, nor is an encrypted line.
  if (facts === "" || data === "") throw unexpectedReply();
  const dataAt = isBehind
    ? ({ key: keys.person as string, number: 2 } as const)
    : ({ key: keys.session, number: 3 } as const);
  return { iat: headers.session.iat, facts, data, dataAt };
}

/** Unix seconds as ten digits. */
export const tenDigits = (seconds: number): string => String(seconds).padStart(10, "0");

const zeros = (digits: number): string => "0".repeat(digits);

/** The whole value of a new session without a subject. */
export const newSessionValue = (iat: string, facts: string, data: string): string =>
  `1 ${iat} ${NO_EPOCH} 00000 1 ${zeros(10)} ${zeros(10)} ${zeros(8)} ${zeros(8)}\n${facts}\n${data}`;
