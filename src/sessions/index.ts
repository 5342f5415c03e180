/**
 * A person's sessions: list them, end them, rotate their tokens, change their data.
 *
 * @module
 */
export { RotationLimitError, SessionLimitError, UpdateConflictError } from "../errors.ts";
export type { EventListener, SessionEvent } from "../session.ts";
export { sessions, type WithSchema } from "./feature.ts";
export type {
  DestroyAllOptions,
  ListOptions,
  RotateOptions,
  SessionsOptions,
  UpdateOptions,
} from "./options.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./schema.ts";
export type { PersonMethods, SessionInfo, SessionList, SessionMethods, TokenMethods } from "./types.ts";
