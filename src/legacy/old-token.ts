import { type Bytes, joined, utf8 } from "../lib/bytes.ts";

/** Five groups of up to four hex digits: Node's library padded them, PHP's didn't. */
const GROUPS = "[0-9a-f]{1,4}(?:-[0-9a-f]{1,4}){4}";
const TOKEN = new RegExp(`^${GROUPS}$`);
const TOKEN_AND_SECRET = new RegExp(`^${GROUPS}`);

/** Whether a text has the shape of the old libraries' tokens. Only Redis knows whether it is one. */
export const isOldToken = (token: unknown): token is string => typeof token === "string" && TOKEN.test(token);

/** The Redis key under which the old libraries stored a token's user. */
export const oldKey = (prefix: string, token: string, secret: Bytes): string =>
  prefix + btoa(Array.from(joined(utf8(token), secret), (byte) => String.fromCharCode(byte)).join(""));

/** Whether a Redis key is one of the old libraries', whatever the secret. */
export function isOldKey(prefix: string, key: string): boolean {
  if (!key.startsWith(prefix)) return false;
  try {
    return TOKEN_AND_SECRET.test(atob(key.slice(prefix.length)));
  } catch {
    // Not base64.
    return false;
  }
}
