import { StoreUnavailableError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { Actor, Authentication, SessionMeta } from "../session.ts";
import { isActor, parseAuthentication } from "./authentication.ts";
import { isSealed, type Line, type LineCodec } from "./lines.ts";

/** A session's subject, `meta` and `act`. */
export interface Facts {
  readonly subject: string | undefined;
  readonly meta: SessionMeta | undefined;
  readonly act: Actor | undefined;
}

const NO_FACTS: Facts = { subject: undefined, meta: undefined, act: undefined };

/** @returns `null` for a line of another shape, or one that doesn't decrypt: it isn't the line that was signed */
export const readFacts = async (codec: LineCodec, at: Line, line: string): Promise<Facts | null> =>
  parseFacts(await openLine(codec, at, line));

/** @returns the line's JSON value; `undefined` if it doesn't decrypt */
export const readLine = async (codec: LineCodec, at: Line, line: string): Promise<unknown> =>
  parseLine(await openLine(codec, at, line));

/**
 * Reads line 4 of a session's value, if there is one. A line of another shape proves nothing: it may be a further line of a later
 * version.
 *
 * @returns `null` for a line that doesn't decrypt: it isn't the line that was written
 */
export async function readAuth(
  codec: LineCodec,
  key: string,
  line: string | undefined,
): Promise<Authentication | undefined | null> {
  if (line === undefined) return undefined;
  const text = await openLine(codec, { key, number: 4 }, line);
  return text === null ? null : parseAuthentication(text);
}

/** Returns a line's JSON text, without a promise if it isn't encrypted; `null` if it doesn't decrypt. */
export function openLine(codec: LineCodec, at: Line, line: string): string | null | Promise<string | null> {
  if (isSealed(line) && !codec.opens)
    throw new StoreUnavailableError("encrypted", "the session is encrypted: add encryption()");
  return codec.open(at, line);
}

/** @param text - what {@link openLine} returns */
export function parseFacts(text: string | null): Facts | null {
  if (text === "{}") return NO_FACTS;
  const value = parseLine(text);
  if (!isObject(value)) return null;
  // Read only own properties, in case a program's Object.prototype is polluted.
  const sub = Object.hasOwn(value, "sub") ? value.sub : undefined;
  const meta = Object.hasOwn(value, "meta") ? value.meta : undefined;
  if (sub !== undefined && typeof sub !== "string") return null;
  const act = Object.hasOwn(value, "act") ? value.act : undefined;
  if (meta !== undefined && !isObject(meta)) return null;
  if (act !== undefined && !isActor(act)) return null;
  return { subject: sub, meta, act };
}

/** @param text - what {@link openLine} returns */
export function parseLine(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreUnavailableError("reply", "the stored session is not JSON");
  }
}
