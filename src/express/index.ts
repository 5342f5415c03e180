/**
 * Middleware and calls for Express 4 and 5, and for other servers over `node:http`.
 *
 * @module
 */

export { RequestRefusedError } from "../request/refused-error.ts";
export type { AuthRequirement } from "../request/requirement.ts";
export { expressAuth } from "./express-auth.ts";
export type * from "./types.ts";
