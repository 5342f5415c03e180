/**
 * A token's status:
 * - `malformed`: not a token of this library: cut off, altered, or something else
 * - `forged`: looks like a token, but no secret of the ring signed it
 * - `expired`: past its deadline
 * - `rotated`: replaced by a newer token
 * - `unknown`: genuine and before its deadline, but the service finds no session for it
 * - `live`: `verify` returns its session
 */
export type TokenStatus = "malformed" | "forged" | "expired" | "rotated" | "unknown" | "live";

/** Why a token is live or isn't. It contains no part of the token, and of the user only the id. Times are Unix seconds. */
export interface Explanation {
  readonly status: TokenStatus;
  /** The reason in a sentence, with what to check. */
  readonly reason: string;
  /** The session's public id, as `list` returns it. Absent if no secret of the ring signed the token. */
  readonly id?: string;
  /** The position of the secret that signed it: 0 is the first, the newest. */
  readonly secret?: number;
  /** When its absolute lifetime ends. */
  readonly deadline?: number;
  /** Its idle timeout in seconds. */
  readonly expire?: number;
  /** When it was signed. Only for a live token. */
  readonly issuedAt?: number;
  /** The user's id. Only for a live token with a subject. */
  readonly subject?: string;
  /** Seconds until idle expiry. Only for a live token. */
  readonly idle?: number;
}

/** Explains text that doesn't look like a token, without showing any of it. */
export function malformed(token: unknown): Explanation {
  const isOnce = typeof token === "string" && token.startsWith("rwto_");
  const reason = isOnce
    ? "This is a one-time token, and no session's: peek and consume of its purpose take it."
    : `This isn't a token: ${whatIsWrong(token)}.`;
  return { status: "malformed", reason };
}

const LENGTH = 80;

function whatIsWrong(token: unknown): string {
  if (typeof token !== "string") return "it isn't text";
  if (token === "") return "it is empty";
  if (token.trim() !== token) return "there is white space around it";
  if (/^bearer\b/i.test(token))
    return 'it begins with "Bearer", which belongs to the header and not to the token';
  if (/^["'].*["']$/s.test(token)) return "there are quotation marks around it";
  if (!token.startsWith("rwt_")) return "it doesn't begin with rwt_";
  if (token.length !== LENGTH) return `it has ${token.length} characters, and a token has ${LENGTH}`;
  return "it has characters that a token can't have";
}
