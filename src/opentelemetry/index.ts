/**
 * Spans and metrics of a token service, by OpenTelemetry.
 *
 * @module
 */
export type { Observable } from "../events/calls.ts";
export { type InstrumentedOptions, instrumented } from "./instrumented.ts";
