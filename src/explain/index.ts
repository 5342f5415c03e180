/**
 * Why is this token not live? For support, and for the command line.
 *
 * @module
 */
export { explainToken } from "./explain-token.ts";
export type { Explanation, TokenStatus } from "./explanation.ts";
