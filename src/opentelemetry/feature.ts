import {
  type Attributes,
  type MeterProvider,
  metrics,
  type Span,
  SpanStatusCode,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { type Observe, type Outcome, observedMethods } from "../events/calls.ts";
import { createSessionNames } from "../events/session-names.ts";
import type { Operation } from "../events/types.ts";
import { knownOptions, typeError } from "../lib/check.ts";
import type { AnyRwt } from "../rwt.ts";
import { addFeature } from "../service.ts";

/** Options of {@link openTelemetry}. */
export interface OpenTelemetryOptions {
  /**
   * Where spans go.
   * @default the global tracer provider
   */
  readonly tracerProvider?: TracerProvider | undefined;
  /**
   * Where metrics go.
   * @default the global meter provider
   */
  readonly meterProvider?: MeterProvider | undefined;
}

const SCOPE = "redis-web-token";

/** Seconds. OpenTelemetry's conventions recommend them for database clients. */
const BOUNDARIES = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10];

/**
 * Adds a span for each call, and metrics. Spans of the Redis client's own instrumentation become their children. Spans and metrics
 * contain no token, subject or data. Spans contain the session's public id; metrics don't.
 *
 * | | |
 * | --- | --- |
 * | span `rwt verify`, `rwt sign` … | `rwt.operation`, `rwt.outcome`, `rwt.rejection.reason`, `rwt.session.id`, `error.type` |
 * | counter `rwt.verifications` | `rwt.outcome`, `rwt.rejection.reason`, `error.type` |
 * | histogram `rwt.operation.duration`, seconds | `rwt.operation`, `rwt.outcome`, `error.type` |
 *
 * A token that opens no session doesn't make the span an error. An outage does, with its reason as `error.type`.
 *
 * @throws OptionTypeError, OptionRangeError if an option is wrong
 * @example
 * ```ts
 * import { createRwt } from "redis-web-token";
 * import { memoryStore } from "redis-web-token/memory";
 * import { openTelemetry } from "redis-web-token/opentelemetry";
 *
 * const rwt = createRwt({ store: memoryStore(), secret: "s".repeat(32) }).with(openTelemetry());
 * ```
 */
export function openTelemetry(
  options: OpenTelemetryOptions = {},
): <Service extends AnyRwt>(service: Service) => Service {
  const { tracerProvider = trace, meterProvider = metrics } = knownOptions(
    "openTelemetry's options",
    options,
    ["tracerProvider", "meterProvider"],
  );
  if (typeof tracerProvider?.getTracer !== "function") {
    throw typeError("tracerProvider", "a TracerProvider", tracerProvider);
  }
  if (typeof meterProvider?.getMeter !== "function") {
    throw typeError("meterProvider", "a MeterProvider", meterProvider);
  }
  const observe = observer(tracerProvider, meterProvider);
  return (service) =>
    addFeature(service, {
      name: "openTelemetry",
      methods: (methods, parts) => observedMethods(methods, createSessionNames(parts), observe),
    }) as typeof service;
}

/** Runs each call within a span, and records its metrics. */
function observer(
  tracerProvider: Pick<TracerProvider, "getTracer">,
  meterProvider: Pick<MeterProvider, "getMeter">,
): Observe {
  const tracer = tracerProvider.getTracer(SCOPE);
  const meter = meterProvider.getMeter(SCOPE);
  const verifications = meter.createCounter("rwt.verifications", {
    unit: "{verification}",
    description: "Verified tokens, by outcome",
  });
  const duration = meter.createHistogram("rwt.operation.duration", {
    unit: "s",
    description: "Duration of the calls of the token service",
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });

  async function within(span: Span, operation: Operation, run: () => Promise<Outcome>): Promise<Outcome> {
    const start = performance.now();
    const outcome = await run();
    const { event } = outcome;
    const error = errorIn(outcome);
    const result = { "rwt.outcome": event?.type ?? "error", ...(error && { "error.type": error }) };
    const reason = event?.type === "rejected" && { "rwt.rejection.reason": event.reason };
    duration.record((event?.ms ?? performance.now() - start) / 1000, {
      "rwt.operation": operation,
      ...result,
    });
    if (operation === "verify") verifications.add(1, { ...result, ...reason });
    const attributes: Attributes = { "rwt.operation": operation, ...result, ...reason };
    if (event?.session !== undefined) attributes["rwt.session.id"] = event.session;
    span.setAttributes(attributes);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
    return outcome;
  }

  return (operation, run) =>
    tracer.startActiveSpan(`rwt ${operation}`, (span) => within(span, operation, run));
}

/** An outage's reason, or another error's stable code. There are only a few of them, and they contain nothing from the call. */
function errorIn({ event, error }: Outcome): string | undefined {
  if (event?.type === "store_error") return event.reason;
  if (error === undefined) return undefined;
  const { code } = Object(error) as { readonly code?: unknown };
  return typeof code === "string" && code.startsWith("ERR_RWT_") ? code : "_OTHER";
}
