/**
 * Events of a service, one for each call: for logs, alerts and audits.
 *
 * @module
 */
export type { EventListener, SessionEvent } from "../session.ts";
export { type EventsOptions, events } from "./feature.ts";
export type { CallEvent, Operation, RejectionReason, RwtCallEvent, RwtEvent } from "./types.ts";
