import { assertJson, isObject } from "../lib/json.ts";
import { unexpectedReply } from "../redis/faults.ts";
import { foreign, tenDigits } from "../redis/value.ts";
import type { OnceFound } from "./types.ts";

/** What Redis holds for a one-time token or code. */
export interface OnceValue {
  /** Unix seconds. */
  readonly issuedAt: number;
  /** Unix seconds. */
  readonly expiresAt: number;
  /** How many wrong guesses a code takes; 0 for a token, which can't be guessed. */
  readonly attempts: number;
  /** The token's lookup, or the code's hash: 16 bytes in base64url. */
  readonly proof: string;
  /** Line 2: what {@link writeContents} returns. */
  readonly contents: string;
}

/** The header, whose fields have fixed widths, so that a script can read and change them. */
const HEADER = /^1 (\d{10}) (\d{10}) \d{3} ([\w-]{22})/;

/** Makes the two lines of a value. */
export function writeValue({ issuedAt, expiresAt, attempts, proof, contents }: OnceValue): string {
  const left = String(attempts).padStart(3, "0");
  return `1 ${tenDigits(issuedAt)} ${tenDigits(expiresAt)} ${left} ${proof}\n${contents}`;
}

/** Serializes the subject and the data. JSON omits a subject that is undefined. */
export function writeContents(subject: string | undefined, data: unknown): string {
  assertJson("data", data);
  return JSON.stringify({ sub: subject, data });
}

/**
 * Reads a value.
 *
 * @param proof - what it must hold
 * @returns `null` if it belongs to another token, or is of another version
 * @throws StoreUnavailableError if it isn't such a value
 */
export function readValue(value: string, proof: string): OnceFound | null {
  const found = HEADER.exec(value);
  if (found === null) return foreign(value);
  const [, issuedAt, expiresAt, stored] = found;
  if (stored !== proof) return null;
  const [, json = ""] = value.split("\n", 2);
  return { ...readContents(json), issuedAt: Number(issuedAt), expiresAt: Number(expiresAt) };
}

function readContents(json: string): Pick<OnceFound, "data" | "subject"> {
  const contents = parse(json);
  // Read only own properties, in case a program's Object.prototype is polluted.
  if (!isObject(contents) || !Object.hasOwn(contents, "data")) throw unexpectedReply();
  const subject = Object.hasOwn(contents, "sub") ? contents.sub : undefined;
  if (subject !== undefined && typeof subject !== "string") throw unexpectedReply();
  return { data: contents.data, subject };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unexpectedReply();
  }
}
