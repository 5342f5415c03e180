/**
 * The building blocks of the wire format, for importers, admin tools, and tests of another implementation. You don't need them for
 * `createRwt`.
 *
 * @module
 */
import type { Bytes } from "../lib/bytes.ts";
import { MAX_DEADLINE, MAX_GENERATION, wholeNumber } from "../lib/check.ts";
import { randomBytes } from "../lib/random.ts";
import type { SecretKeys } from "./key-ring.ts";
import { type TokenFields, writeToken } from "./token.ts";

export type { Bytes } from "../lib/bytes.ts";
export {
  createKeyRing,
  deriveKeys,
  hashSubject,
  type KeyRing,
  type Ring,
  type SecretKeys,
} from "./key-ring.ts";
export { type PersonKeys, personKeys, type SessionKeys, sessionKeys } from "./keys.ts";
export type { Mac } from "./mac.ts";
export { type OpenedToken, openToken, type TokenFields } from "./token.ts";

/** The fields of a new token for {@link mintToken}. Some have defaults. */
export interface MintFields extends Omit<TokenFields, "generation" | "person" | "id"> {
  /** @default 0 */
  readonly generation?: number | undefined;
  /** 12 bytes from {@link hashSubject}. */
  readonly person?: Bytes | undefined;
  /**
   * 16 bytes.
   * @default random bytes from the CSPRNG
   */
  readonly id?: Bytes | undefined;
}

/**
 * Makes a token.
 *
 * @throws OptionTypeError, OptionRangeError if a number doesn't fit its field
 */
export async function mintToken(keys: SecretKeys, fields: MintFields): Promise<string> {
  const { deadline, expire, generation = 0, person, id = randomBytes(16) } = fields;
  wholeNumber("expire", "seconds", expire);
  wholeNumber("deadline", "seconds", deadline, MAX_DEADLINE, 0);
  wholeNumber("generation", "rotations", generation, MAX_GENERATION, 0);
  return (await writeToken(keys, { deadline, expire, generation, person, id })).token;
}
