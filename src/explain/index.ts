/**
 * Explains why a token is live or isn't. For support, and for the command line.
 *
 * @module
 */
export { explainToken } from "./explain-token.ts";
export type { Explanation, TokenStatus } from "./explanation.ts";
