import { describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { events } from "../../src/events/index.ts";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt({ store: memoryStore(), secret });
/** For legacy(), whose tokens are in a Redis. No command is sent here. */
const onRedis = createRwt({ store: { ...memoryStore(), capabilities: { hashes: true } }, secret });
const onEvent = () => {};

test("a feature makes a new service; the original service stays the same", async () => {
  const more = rwt.with(sessions()).with(encryption());
  expect(Object.keys(rwt)).not.toContain("list");
  expect([Object.isFrozen(rwt), Object.isFrozen(more)]).toEqual([true, true]);
  expect([more.expire, more.maxLifetime, more.verifyExtendsToken]).toEqual([3600, 2_592_000, false]);
  const token = await more.sign(1);
  await expect(rwt.verify(token)).rejects.toMatchObject({ reason: "encrypted" });
  expect((await more.verify(token))?.data).toBe(1);
});

test("a feature can be added to several services", async () => {
  const both = [sessions(), encryption()] as const;
  const [one, other] = ["one:", "other:"].map((prefix) =>
    createRwt({ store: memoryStore(), secret, prefix }).with(both[0]).with(both[1]),
  );
  const token = await one?.sign(1, { subject: "42" });
  expect((await one?.list("42"))?.sessions).toHaveLength(1);
  expect((await other?.list("42"))?.sessions).toEqual([]);
  expect(await one?.rotate(token)).toMatch(/^rwt_/);
});

describe("is refused", () => {
  const refused = (make: () => unknown, expected: object) =>
    expect(make).toThrow(expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", ...expected }));

  test.each([
    ["encryption", encryption()],
    ["sessions", sessions()],
    ["legacy", legacy({ prefix: "" })],
    ["events", events({ onEvent })],
    ["openTelemetry", openTelemetry()],
  ])("a feature that the service has already: %s", (name, feature) => {
    const message = expect.stringContaining(`${name}() is there already`);
    const once = onRedis.with(feature as ReturnType<typeof encryption>);
    refused(() => once.with(feature as ReturnType<typeof encryption>), { option: "with", message });
    // Regardless of the number of features in between, and of the options.
    const between = once.with(
      name === "sessions" ? encryption() : (sessions() as ReturnType<typeof encryption>),
    );
    refused(() => between.with(feature as ReturnType<typeof encryption>), { option: "with", message });
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["its options", { maxSessions: 5 }],
    ["its name", "sessions"],
    ["a promise of it", import("../../src/sessions/index.ts")],
  ])("a value that isn't a feature: %s", (_, feature) => {
    const message = expect.stringMatching(/^a feature must be a function, not /);
    refused(() => rwt.with(feature as never), { option: "a feature", message });
  });

  test.each<[string, unknown]>([
    ["encryption", encryption],
    ["sessions", sessions],
    ["legacy", legacy],
    ["events", events],
    ["openTelemetry", openTelemetry],
  ])("a feature that wasn't called: %s", (name, feature) => {
    expect(() => rwt.with(feature as never)).toThrow(
      expect.objectContaining({
        code: "ERR_RWT_OPTION_UNKNOWN",
        message: expect.stringContaining(`in ${name}' options`.replace(/(?<!s)'/, "'s")),
      }),
    );
  });

  test.each<[string, object]>([
    ["a store", memoryStore()],
    ["a copy of a service", { ...rwt }],
    ["a service around a service", Object.create(rwt)],
  ])("a feature for a value that isn't a service: %s", (_, service) => {
    refused(() => sessions()(service as typeof rwt), { option: "rwt" });
  });

  test("a wrong option, before the feature is added", () => {
    for (const make of [
      () => encryption({ secret } as never),
      () => sessions({ maxSession: 5 } as never),
      () => legacy({ prefx: "" } as never),
      () => events({ onEvent, secret } as never),
      () => openTelemetry({ secret } as never),
    ])
      expect(make).toThrow(expect.objectContaining({ code: "ERR_RWT_OPTION_UNKNOWN" }));
  });
});

test("with returns what a custom feature returns", () => {
  const named = rwt.with((service) => ({ service, name: "own" }));
  expect(named).toEqual({ service: rwt, name: "own" });
});
