/**
 * The tokens of the 2017 libraries beside new ones, for as long as a migration takes.
 *
 * @module
 */
export {
  createRwtWithLegacy,
  type LegacyRwt,
  type LegacySession,
} from "./create.ts";
export type { LegacyOptions, LegacyRwtOptions, OldUser } from "./options.ts";
