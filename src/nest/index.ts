/**
 * Sessions in Nest 11 and 12: a module, a guard and a parameter decorator.
 *
 * @module
 */
export { RequestRefusedError } from "../request/refused-error.ts";
export type { AuthRequirement } from "../request/requirement.ts";
export { Auth, RwtModule, requireAuthentication, SessionGuard } from "./rwt-module.ts";
export type { NestAuth, NestAuthOptions } from "./types.ts";
