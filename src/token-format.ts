/**
 * The building blocks of the wire format, for tools that work beside the library: importers, admin tools, checks
 * of another implementation. `createRwt` needs none of this.
 *
 * @module
 */
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
export { mintToken, type OpenedToken, openToken, type TokenFields } from "./token.ts";
