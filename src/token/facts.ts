import { StoreUnavailableError } from "../errors.ts";
import { isObject } from "../lib/json.ts";
import type { SessionMeta } from "../session.ts";
import { isSealed, type Line, type LineCodec } from "./lines.ts";

/** What is known of a session beside its data. */
export interface Facts {
  readonly subject: string | undefined;
  readonly meta: SessionMeta | undefined;
}

/** @returns `null` for a line of another shape, or one that doesn't decrypt: it isn't the one that was signed */
export async function readFacts(codec: LineCodec, at: Line, line: string): Promise<Facts | null> {
  const value = await readLine(codec, at, line);
  if (!isObject(value)) return null;
  // Own properties alone, should a program's Object.prototype be polluted.
  const { sub, meta }: Record<string, unknown> = { __proto__: null, ...value };
  if (sub !== undefined && typeof sub !== "string") return null;
  if (meta !== undefined && !isObject(meta)) return null;
  return { subject: sub, meta };
}

/** @returns the line's JSON value; `undefined` where it doesn't decrypt */
export async function readLine(codec: LineCodec, at: Line, line: string): Promise<unknown> {
  if (isSealed(line) && !codec.opens)
    throw new StoreUnavailableError("encrypted", "the session is encrypted: add encryption()");
  const text = await codec.open(at, line);
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new StoreUnavailableError("reply", "the stored session is not JSON");
  }
}
