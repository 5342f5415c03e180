/**
 * What a token is:
 * - `malformed`: no token of this library at all: cut off, altered, or something else
 * - `forged`: has the look of one, but no secret of the ring signed it
 * - `expired`: past its deadline
 * - `rotated`: another token was put in its place, and is in use
 * - `unknown`: genuine and before its deadline, but Redis has no session of it
 * - `live`: `verify` gives its session
 */
export type TokenStatus = "malformed" | "forged" | "expired" | "rotated" | "unknown" | "live";

/** Why a token is live, or isn't. It holds neither the token nor any part of it, and no user data. Times are Unix seconds. */
export interface Explanation {
  readonly status: TokenStatus;
  /** The same in a sentence, with what to look at, for people. */
  readonly reason: string;
  /** The session's public id, as `list` gives it. None where no secret of the ring signed the token. */
  readonly id?: string;
  /** Which secret of the ring signed it: 0 is the first, the newest. */
  readonly secret?: number;
  /** The absolute end of its life. */
  readonly deadline?: number;
  /** Its idle timeout, seconds. */
  readonly expire?: number;
  /** When it was signed; of a live one. */
  readonly issuedAt?: number;
  /** The user's id; of a live one that has it. */
  readonly subject?: string;
  /** Seconds until idle expiry; of a live one. */
  readonly idle?: number;
}

/** What doesn't look like a token, without showing any of it. */
export function malformed(token: unknown): Explanation {
  return { status: "malformed", reason: `This is no token: ${whatIsWrong(token)}.` };
}

const LENGTH = 80;

function whatIsWrong(token: unknown): string {
  if (typeof token !== "string") return "it is no text at all";
  if (token === "") return "it is empty";
  if (token.trim() !== token) return "there is white space around it";
  if (/^bearer\b/i.test(token))
    return 'it begins with "Bearer", which belongs to the header and not to the token';
  if (/^["'].*["']$/s.test(token)) return "there are quotation marks around it";
  if (!token.startsWith("rwt_")) return "it doesn't begin with rwt_";
  if (token.length !== LENGTH) return `it has ${token.length} characters, and a token has ${LENGTH}`;
  return "it has characters that a token can't have";
}
