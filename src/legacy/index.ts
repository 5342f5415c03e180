/**
 * The tokens of the 2017 libraries beside new ones, for as long as a migration takes.
 *
 * @module
 */
export { type LegacyMethods, type LegacySession, legacy } from "./feature.ts";
export type { LegacyOptions, OldUser } from "./options.ts";
