import { context, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { createRwt, type RedisCommand } from "../../src/index.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { forged } from "../support/forged.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const client = new Redis(redis.url);
const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const newMeter = () => {
  const points = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: points, exportIntervalMillis: 3_600_000 });
  return { points, provider: new MeterProvider({ readers: [reader] }) };
};
let meter = newMeter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const secret = "a secret of the tests, 32 bytes or more";
const store = ioredisStore(client);
const service = (...given: Partial<Parameters<typeof createRwt>[0]>[]) =>
  createRwt<unknown>(Object.assign({ store, secret }, ...given)).with(
    openTelemetry({ tracerProvider, meterProvider: meter.provider }),
  );

beforeEach(async () => {
  await meter.provider.shutdown();
  meter = newMeter();
  spans.reset();
});
afterAll(async () => {
  await meter.provider.shutdown();
  await client.quit();
  context.disable();
});

/** The data points of a metric, by its name. */
async function metric(name: string): Promise<{ attributes: object; value: unknown }[]> {
  await meter.provider.forceFlush();
  const all =
    meter.points
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap(({ metrics }) => metrics) ?? [];
  const found = all.find(({ descriptor }) => descriptor.name === name);
  return (found?.dataPoints ?? []).map(({ attributes, value }) => ({ attributes, value }));
}

const shown = ({ name, attributes, status }: ReadableSpan) => ({ name, attributes, status: status.code });

describe("a service with openTelemetry()", () => {
  test("has a span for each call, with its outcome", async () => {
    const rwt = service();
    const token = await rwt.sign({ name: "Ada Lovelace" }, { subject: "user-42", meta: { device: "iPad" } });
    expect((await rwt.verify(token))?.data).toEqual({ name: "Ada Lovelace" });
    await rwt.verify(forged(token));
    await rwt.destroy(token);
    const finished = spans.getFinishedSpans();
    const id = finished[0]?.attributes["rwt.session.id"];
    expect(id).toMatch(/^[\w-]{22}$/);
    const unset = SpanStatusCode.UNSET;
    const known = (operation: string, outcome: string) => ({
      name: `rwt ${operation}`,
      attributes: { "rwt.operation": operation, "rwt.outcome": outcome, "rwt.session.id": id },
      status: unset,
    });
    expect(finished.map(shown)).toEqual([
      known("sign", "signed"),
      known("verify", "verified"),
      {
        name: "rwt verify",
        attributes: {
          "rwt.operation": "verify",
          "rwt.outcome": "rejected",
          "rwt.rejection.reason": "forged",
        },
        status: unset,
      },
      known("destroy", "destroyed"),
    ]);
    expect(finished.every(({ kind }) => kind === SpanKind.INTERNAL)).toBe(true);
    const metrics = [await metric("rwt.verifications"), await metric("rwt.operation.duration")];
    expect(metrics.map(({ length }) => length)).toEqual([2, 4]);
    const everything = [
      finished.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
      metrics,
    ];
    expectNoLeak(everything, {
      token,
      "token's end": token.slice(-20),
      secret,
      subject: "user-42",
      data: "Lovelace",
      meta: "iPad",
      key: "rwt:{",
    });
    expectNoLeak(metrics, { session: String(id) });
  });

  test("counts verifications by outcome, and times every call in seconds", async () => {
    const rwt = service();
    const token = await rwt.sign(1);
    for (let i = 0; i < 3; i++) await rwt.verify(token);
    await rwt.verify(null);
    await rwt.verify("rwt_");
    await rwt.destroy(token);
    await rwt.verify(token);
    const rejected = (reason: string) => ({
      attributes: { "rwt.outcome": "rejected", "rwt.rejection.reason": reason },
      value: 1,
    });
    expect(await metric("rwt.verifications")).toEqual([
      { attributes: { "rwt.outcome": "verified" }, value: 3 },
      rejected("missing"),
      rejected("malformed"),
      rejected("unknown"),
    ]);
    const durations = await metric("rwt.operation.duration");
    const verified = durations.find(({ attributes }) => "verified" === Object(attributes)["rwt.outcome"]);
    expect(verified).toMatchObject({
      attributes: { "rwt.operation": "verify", "rwt.outcome": "verified" },
      value: { count: 3, buckets: { boundaries: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10] } },
    });
    expect(Object(verified?.value).sum).toBeLessThan(30);
  });

  test("marks outages and wrong calls as errors, by reason or code and without a message", async () => {
    const away = ioredisStore("redis://127.0.0.1:1");
    const rwt = service({ store: away });
    await expect(rwt.sign(1)).rejects.toMatchObject({ reason: "network" });
    await expect(rwt.sign(new Date())).rejects.toMatchObject({ code: "ERR_RWT_DATA_NOT_JSON" });
    await expect(rwt.verify("rwt_", { signal: AbortSignal.abort("why") })).rejects.toBe("why");
    await away.disconnect();
    const failed = (operation: string, outcome: string, error: string) => ({
      name: `rwt ${operation}`,
      attributes: { "rwt.operation": operation, "rwt.outcome": outcome, "error.type": error },
      status: SpanStatusCode.ERROR,
    });
    expect(spans.getFinishedSpans().map(shown)).toEqual([
      failed("sign", "store_error", "network"),
      failed("sign", "error", "ERR_RWT_DATA_NOT_JSON"),
      failed("verify", "error", "_OTHER"),
    ]);
    expect(spans.getFinishedSpans().flatMap(({ events, status }) => [events.length, status.message])).toEqual(
      [0, undefined, 0, undefined, 0, undefined],
    );
  });

  test("is the parent of the Redis client's spans", async () => {
    const tracer = tracerProvider.getTracer("a client's instrumentation");
    const send = async ({ args: [command, ...rest] }: RedisCommand) => {
      const span = tracer.startSpan(command);
      try {
        return await client.call(command, ...rest);
      } finally {
        span.end();
      }
    };
    const rwt = service({ store: redisStore({ send, close: async () => {} }) });
    await tracer.startActiveSpan("GET /private", async (request) => {
      await rwt.verify(await rwt.sign(1));
      request.end();
    });
    const finished = spans.getFinishedSpans();
    const parentOf = ({ parentSpanContext }: ReadableSpan) =>
      finished.find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name;
    expect(finished.map((span) => [span.name, parentOf(span)])).toEqual([
      ["SET", "rwt sign"],
      ["rwt sign", "GET /private"],
      ["GET", "rwt verify"],
      ["rwt verify", "GET /private"],
      ["GET /private", undefined],
    ]);
  });

  test("works with sessions(), and uses the global providers by default", async () => {
    trace.setGlobalTracerProvider(tracerProvider);
    const rwt = createRwt({ store, secret }).with(openTelemetry()).with(sessions());
    const token = await rwt.rotate(await rwt.sign(1, { subject: "ada" }));
    await rwt.verify(token);
    await rwt.destroyAll("ada");
    expect(await rwt.verify(token)).toBeNull();
    trace.disable();
    const id = await rwt.idOf(token);
    const finished = spans.getFinishedSpans();
    // A session keeps its id when it is rotated. Calls about all of a person's sessions have no id.
    expect(finished.map(({ name, attributes }) => [name, attributes["rwt.session.id"]])).toEqual([
      ["rwt sign", id],
      ["rwt rotate", id],
      ["rwt verify", id],
      ["rwt destroyAll", undefined],
      ["rwt verify", id],
    ]);
  });

  test("refuses values that aren't providers, and unknown options", () => {
    const wrong: [object, object][] = [
      [{ tracerProvider: {} }, { option: "tracerProvider" }],
      [{ meterProvider: 1 }, { option: "meterProvider" }],
      [{ tracer: trace }, { code: "ERR_RWT_OPTION_UNKNOWN" }],
      [{ secret }, { code: "ERR_RWT_OPTION_UNKNOWN", option: "secret" }],
    ];
    for (const [options, expected] of wrong) {
      expect(() => openTelemetry(options as never)).toThrow(expect.objectContaining(expected));
    }
  });
});
