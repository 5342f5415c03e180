/**
 * Sessions in Nest 11 and 12: a module, a guard and a parameter decorator.
 *
 * @module
 */
export { RequestRefusedError } from "../request/refused-error.ts";
export { Auth, RwtModule, SessionGuard } from "./rwt-module.ts";
export type { NestAuth, NestAuthOptions } from "./types.ts";
