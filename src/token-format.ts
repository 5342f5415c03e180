/**
 * The building blocks of the wire format, for tools that work beside the library: importers, admin tools, checks
 * of another implementation. `createRwt` needs none of this.
 *
 * @module
 */
import type { SecretKeys } from "./key-ring.ts";
import { MAX_DEADLINE, wholeNumber } from "./lib/check.ts";
import { mintToken as mint, type OpenedToken, type TokenFields } from "./token.ts";

export {
  createKeyRing,
  deriveKeys,
  type HashedSubject,
  hashSubject,
  type SecretKeys,
  sessionKey,
  subjectKey,
} from "./key-ring.ts";
export {
  decodeSession,
  encodeSession,
  type Session,
  type SessionMeta,
  type StoredSession,
} from "./session.ts";
export { type OpenedToken, openToken, type TokenFields } from "./token.ts";

/**
 * Makes a token.
 *
 * @param random - 19 bytes; from the CSPRNG but in tests of the format
 * @throws OptionTypeError, OptionRangeError where a field doesn't hold the number
 */
export async function mintToken(
  keys: SecretKeys,
  fields: TokenFields,
  random?: Uint8Array,
): Promise<OpenedToken & { readonly token: string }> {
  wholeNumber("expire", "seconds", fields.expire);
  wholeNumber("deadline", "seconds", fields.deadline, MAX_DEADLINE, 0);
  return mint(keys, fields, random);
}
