/**
 * Accepts tokens of the 2017 libraries during a migration.
 *
 * @module
 */
export { type LegacyMethods, type LegacySession, legacy } from "./feature.ts";
export type { LegacyOptions, OldUser } from "./options.ts";
