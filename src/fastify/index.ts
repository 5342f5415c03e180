/**
 * Sessions in Fastify 5: a plugin and a hook.
 *
 * @module
 */
export { RequestRefusedError } from "../request/refused-error.ts";
export type { AuthRequirement } from "../request/requirement.ts";
export { requireAuthentication, requireSession, rwtFastify } from "./rwt-fastify.ts";
export type { RwtFastifyOptions, RwtReply, RwtRequest } from "./types.ts";
