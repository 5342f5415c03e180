import type { CheckedSession, NewSession, Snapshot } from "../store.ts";
import { unexpectedReply } from "./faults.ts";

/** Line 1 of a session's value, as far as a reader needs it. */
export interface SessionHeader {
  /** Ten digits, as in the value. */
  readonly iat: string;
  readonly epoch: string;
  readonly generation: number;
  /** Whether the current generation has been used. */
  readonly isUsed: boolean;
  /** Whether the rotation ended the previous generation at once. */
  readonly endedAtOnce: boolean;
  /** Until when the previous generation is accepted in any case, Unix seconds. */
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
/** A value of another version of the format. */
const OTHER_VERSION = /^(?!1 )\d+ /;
/** The epoch of a session without a subject. */
export const NO_EPOCH = "-----------";

/** @returns `null` for a value of another version of the format */
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

/** @returns `null` for a value of another version of the format */
export function readPersonHeader(text: string): PersonHeader | null {
  const found = PERSON.exec(text);
  if (found === null) return foreign(text);
  const [, epoch = "", serial = ""] = found;
  return { epoch, serial };
}

/** Accepts a value of another version. Any other text is an outage, since it doesn't say whether the session is live. */
export function foreign(text: string): null {
  if (OTHER_VERSION.test(text)) return null;
  throw unexpectedReply();
}

/** The headers of a session and its person that agree on the epoch. */
export interface Agreeing {
  readonly session: SessionHeader;
  readonly person: PersonHeader | undefined;
}

/**
 * Returns the headers if the session is live: it and its person exist and have the same epoch.
 *
 * @param hasPerson - whether the token has a person
 */
export function agree({ session, person }: Snapshot, hasPerson: boolean): Agreeing | null {
  const header = session === null ? null : readSessionHeader(session);
  if (header === null) return null;
  if (!hasPerson) return header.epoch === NO_EPOCH ? { session: header, person: undefined } : null;
  const owner = person == null ? null : readPersonHeader(person);
  if (owner?.epoch !== header.epoch || owner.epoch === NO_EPOCH) return null;
  return { session: header, person: owner };
}

/** Lines 2, 3 and 4 of a value, each empty if there is none. */
function linesOf(text: string): readonly [second: string, third: string, fourth: string] {
  // Search for "\n" instead of splitting: the data may be long, and contain other line separators.
  const first = text.indexOf("\n");
  if (first < 0) return ["", "", ""];
  const second = text.indexOf("\n", first + 1);
  if (second < 0) return [text.slice(first + 1), "", ""];
  const third = text.indexOf("\n", second + 1);
  const facts = text.slice(first + 1, second);
  if (third < 0) return [facts, text.slice(second + 1), ""];
  const fourth = text.indexOf("\n", third + 1);
  return [facts, text.slice(second + 1, third), text.slice(third + 1, fourth < 0 ? undefined : fourth)];
}

/** Line 2 of a session: subject, meta and actor. It is never empty. */
export function factsIn(session: string): string {
  const [facts] = linesOf(session);
  if (facts === "") throw unexpectedReply();
  return facts;
}

/** Line 4 of a session: how the user proved who they are. An empty line stands for none. */
export function authIn(session: string): string | undefined {
  const [, , auth] = linesOf(session);
  return auth || undefined;
}

/** The contents of a live session: its own data, or its person's if that is newer. */
export function contentsOf(
  { session, person }: Snapshot,
  headers: Agreeing,
  keys: { readonly session: string; readonly person?: string | undefined },
): Omit<CheckedSession, "isLive"> {
  const [facts, own, auth] = linesOf(session as string);
  const isBehind = headers.person !== undefined && headers.person.serial > headers.session.serial;
  const data = isBehind ? linesOf(person as string)[0] : own;
  // Neither JSON nor an encrypted line is ever empty.
  if (facts === "" || data === "") throw unexpectedReply();
  const dataAt = isBehind
    ? ({ key: keys.person as string, number: 2 } as const)
    : ({ key: keys.session, number: 3 } as const);
  return { iat: headers.session.iat, facts, data, dataAt, auth: auth || undefined };
}

/** Unix seconds as ten digits. */
export const tenDigits = (seconds: number): string => String(seconds).padStart(10, "0");

const zeros = (digits: number): string => "0".repeat(digits);

/** The lines that follow line 1 of a new session, each with the newline before it. */
export const furtherLines = ({ facts, data, auth }: Pick<NewSession, "facts" | "data" | "auth">): string =>
  `\n${facts}\n${data}${auth === undefined ? "" : `\n${auth}`}`;

/** The whole value of a new session without a subject. */
export const newSessionValue = (session: NewSession): string =>
  `1 ${tenDigits(session.issuedAt)} ${NO_EPOCH} 00000 1 ${zeros(10)} ${zeros(10)} ${zeros(8)} ${zeros(8)}${furtherLines(session)}`;
