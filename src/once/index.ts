/**
 * One-time tokens and codes: password resets, magic links, proofs of e-mail addresses, WebSocket tickets.
 *
 * @module
 */
export { createOnce } from "./create-once.ts";
export type { IssueCodeOptions, IssueOptions, OnceOptions } from "./options.ts";
export type { Once, OnceFound } from "./types.ts";
