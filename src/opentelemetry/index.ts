/**
 * OpenTelemetry spans and metrics for a service.
 *
 * @module
 */
export { type OpenTelemetryOptions, openTelemetry } from "./feature.ts";
