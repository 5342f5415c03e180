/**
 * Spans and metrics of a token service, by OpenTelemetry.
 *
 * @module
 */
export { type OpenTelemetryOptions, openTelemetry } from "./feature.ts";
