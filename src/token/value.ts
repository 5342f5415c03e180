import { StoreUnavailableError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { SessionMeta } from "../session.ts";
import type { Snapshot } from "../store.ts";
import { isSealed, type LineCodec } from "./lines.ts";

/** Line 1 of a session's value, as far as a reader needs it. */
export interface SessionHeader {
  /** As it stands there: ten digits. */
  readonly iat: string;
  readonly epoch: string;
  readonly generation: number;
  /** Whether the present generation has been used. */
  readonly isUsed: boolean;
  /** Whether the generation before died with the rotation. */
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

/** What is stored of a session beside its header. */
export interface SessionBody {
  readonly subject: string | undefined;
  readonly meta: SessionMeta | undefined;
  readonly data: unknown;
}

const SESSION = /^1 (\d{10}) ([\w-]{11}) (\d{5}) (\d) (\d{10}) \d{10} (\d{8}) (\d{8})/;
const PERSON = /^1 ([\w-]{11}) (\d{8})/;
/** Of another version of the format. */
const OTHER_VERSION = /^(?!1 )\d+ /;
/** In the epoch's place of a session without a subject. */
export const NO_EPOCH = "-----------";

/** For a value that says nothing about the session: nobody knows whether it lives. */
export const noAnswer = (): StoreUnavailableError =>
  new StoreUnavailableError("reply", "the store holds something that is no session in this session's place");

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

function foreign(text: string): null {
  if (OTHER_VERSION.test(text)) return null;
  throw noAnswer();
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
  return owner?.epoch === header.epoch ? { session: header, person: owner } : null;
}

/** The lines of a value, without the newlines that part them. */
function linesOf(text: string): readonly [string | undefined, string | undefined] {
  // Found one by one: the data may be long, and hold whatever else ends a line elsewhere.
  const first = text.indexOf("\n");
  if (first < 0) return [undefined, undefined];
  const second = text.indexOf("\n", first + 1);
  if (second < 0) return [text.slice(first + 1), undefined];
  const third = text.indexOf("\n", second + 1);
  return [text.slice(first + 1, second), text.slice(second + 1, third < 0 ? undefined : third)];
}

/** Where the lines that are read belong to. */
export interface ValueKeys {
  readonly session: string;
  readonly person?: string | undefined;
}

/**
 * Reads subject, meta and data of a session that lives.
 *
 * @returns `null` for what isn't the session that was signed: a line that doesn't decrypt, or one of another shape
 */
export async function readBody(
  { session, person }: Snapshot,
  headers: Agreeing,
  keys: ValueKeys,
  codec: LineCodec,
): Promise<SessionBody | null> {
  const facts = await readFacts(session as string, headers.session, keys.session, codec);
  if (facts === null) return null;
  const [, ownData] = linesOf(session as string);
  const isBehind = headers.person !== undefined && headers.person.serial > headers.session.serial;
  // Neither is ever empty: JSON isn't, nor is an encrypted line.
  const line = isBehind ? linesOf(person as string)[0] : ownData;
  if (!line) throw noAnswer();
  const key = isBehind ? (keys.person as string) : keys.session;
  const data = await opened(codec, { key, number: isBehind ? 2 : 3 }, line);
  return data === null ? null : { ...facts, data: parse(data) };
}

/** Reads line 2 of a session: subject and meta. */
export async function readFacts(
  session: string,
  { iat }: SessionHeader,
  key: string,
  codec: LineCodec,
): Promise<Omit<SessionBody, "data"> | null> {
  const [line] = linesOf(session);
  if (!line) throw noAnswer();
  const text = await opened(codec, { key, number: 2, iat }, line);
  if (text === null) return null;
  const value = parse(text);
  if (!isObject(value)) return null;
  // Own properties alone, should a program's Object.prototype be polluted.
  const { sub, meta }: Record<string, unknown> = { __proto__: null, ...value };
  if (sub !== undefined && typeof sub !== "string") return null;
  if (meta !== undefined && !isObject(meta)) return null;
  return { subject: sub, meta };
}

/** A service without encryption can't tell whether an encrypted session lives, so that is no answer. */
function opened(
  codec: LineCodec,
  line: Parameters<LineCodec["open"]>[0],
  text: string,
): ReturnType<LineCodec["open"]> {
  if (isSealed(text) && !codec.opens)
    throw new StoreUnavailableError(
      "encrypted",
      "the session is encrypted: add encryption() to this service",
    );
  return codec.open(line, text);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw noAnswer();
  }
}

/** Lines 2 and 3 of a new session, each with the newline before it. */
export async function writeBody(
  { subject, meta, data }: SessionBody,
  key: string,
  iat: string,
  codec: LineCodec,
): Promise<string> {
  // JSON.stringify leaves out what is undefined.
  const facts = await codec.seal({ key, number: 2, iat }, JSON.stringify({ sub: subject, meta }));
  return `\n${facts}\n${await codec.seal({ key, number: 3 }, JSON.stringify(data))}`;
}

/** Unix seconds as ten digits. */
export const tenDigits = (seconds: number): string => String(seconds).padStart(10, "0");

/** The whole value of a new session without a subject. */
export const newSessionValue = (iat: string, body: string): string =>
  `1 ${iat} ${NO_EPOCH} 00000 1 ${"0".repeat(10)} ${"0".repeat(10)} ${"0".repeat(8)} ${"0".repeat(8)}${body}`;
