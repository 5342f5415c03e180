/**
 * A person's sessions: list them, end them, rotate their tokens, change their data.
 *
 * @module
 */
export { SessionLimitError } from "../errors.ts";
export { createRwtWithSessions } from "./create.ts";
export type { EventListener, SessionEvent } from "./events.ts";
export type { DestroyAllOptions, ListOptions, RotateOptions, SessionRwtOptions } from "./options.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./schema.ts";
export type { SessionInfo, SessionList, SessionRwt } from "./types.ts";
