/**
 * What happens at a token service, call by call: for logs, alerts and audits.
 *
 * @module
 */
export type { EventListener, SessionEvent } from "../sessions/events.ts";
export type { Observable } from "./calls.ts";
export { observed } from "./observed.ts";
export type { ObservedOptions, SeeingOptions } from "./options.ts";
export type { CallEvent, Operation, RejectionReason, RwtCallEvent, RwtEvent } from "./types.ts";
