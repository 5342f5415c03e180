/** All features on one service with one secret, added in each of the 120 possible orders. */
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Redis } from "ioredis";
import { beforeEach, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { events, type RwtEvent } from "../../src/events/index.ts";
import { createRwt, type Feature } from "../../src/index.ts";
import { type LegacyMethods, legacy } from "../../src/legacy/index.ts";
import { openTelemetry } from "../../src/opentelemetry/index.ts";
import { type SessionEvent, type SessionMethods, sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { signedByOldNode } from "../legacy/old-libraries.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";
import { coercing } from "../types/schemas.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
const time = createTimeMachine(tcpSender(admin));
const spans = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
atEnd(async () => {
  await store.disconnect();
  await admin.quit();
});

const secret = "the one secret of the tests, 32 bytes or more";
const old = { prefix: "sess:", secret: "az3rty!" };
const subject = "ada@example.com";
const heard: RwtEvent[] = [];
const toSessions: SessionEvent[] = [];
beforeEach(async () => {
  heard.length = 0;
  toSessions.length = 0;
  spans.reset();
  await admin.flushall();
});

type Service = ReturnType<typeof createRwt<{ readonly age: number | string }>>;
type Whole = LegacyMethods<{ readonly age: number }> &
  SessionMethods<{ readonly age: number | string }, { readonly age: number }> &
  Service;
const FEATURES: Readonly<Record<string, unknown>> = {
  encryption: encryption({ acceptPlain: false }),
  sessions: sessions({
    maxSessions: 3,
    schema: coercing,
    onEvent: (event) => void toSessions.push(event),
  }),
  legacy: legacy({
    ...old,
    convert: ({ age = "" }) => ({ age }),
    upgrade: () => ({ subject, meta: { from: "2017" } }),
  }),
  events: events({ onEvent: (event) => void heard.push(event) }),
  openTelemetry: openTelemetry({ tracerProvider }),
};

/** All permutations of a list. */
const orders = (names: readonly string[]): string[][] =>
  names.length === 0
    ? [[]]
    : names.flatMap((name) => orders(names.filter((other) => other !== name)).map((rest) => [name, ...rest]));

const wholeIn = (order: readonly string[]): Whole =>
  order.reduce<unknown>(
    (service, name) => (service as Service).with(FEATURES[name] as Feature<Service, unknown>),
    createRwt({ store, secret, now: time.now, prefix: "app:", expire: 600 }),
  ) as Whole;

/** What a service does over a session's life, with the session of each call. The result must not depend on the features' order. */
async function live(rwt: Whole): Promise<object> {
  const token = await rwt.sign({ age: "36" }, { subject, meta: { device: "iPad" } });
  // So that the sessions in lists have an order.
  await time.advance(1);
  const { token: oldToken } = await signedByOldNode(admin, { ...old, user: { age: 41 }, expire: 60 });
  const migrated = await rwt.verify(oldToken);
  const first = await rwt.verify(token);
  const rotated = await rwt.rotate(token);
  const renewed = await rwt.rotate(migrated?.newToken, { retry: false });
  const again = await rwt.verify(oldToken);
  const updated = await rwt.update(rotated, ({ age }) => ({ age: age + 1 }));
  const list = await rwt.list(subject, { current: rotated });
  const values = await admin.mget(...(await admin.keys("app:*[sp]:*")));

  await time.advance(1);
  const third = await rwt.sign({ age: 3 }, { subject });
  await time.advance(1);
  const fourth = await rwt.sign({ age: 4 }, { subject });
  const limited = (await rwt.list(subject)).sessions.length;
  const spared = await rwt.destroyAll(subject, { except: fourth });
  const others = [await rwt.verify(rotated), await rwt.verify(oldToken), await rwt.verify(third)];
  const allUpdated = await rwt.updateAll(subject, { age: "5" });
  const data = (await rwt.verify(fourth))?.data;

  const successor = await rwt.rotate(fourth);
  await rwt.verify(successor);
  await time.advance(11);
  const stolen = [await rwt.verify(fourth), await rwt.verify(successor)];
  const orphan = await signedByOldNode(admin, { ...old, user: { age: 1 } });
  const orphans = [await rwt.expireOrphans(), (await admin.ttl(orphan.key)) > 590];

  expectNoLeak([values, heard, spans.getFinishedSpans().map(({ attributes }) => attributes)], {
    token,
    rotated: rotated ?? "",
    renewed: renewed ?? "",
    secret,
    subject,
    device: "iPad",
    origin: '"from"',
    data: '"age"',
  });
  // All lines after a value's header are encrypted.
  for (const value of values) expect(value).toMatch(/^1 [^\n]*(\ne1\.[\w-]+)*$/);
  for (const key of await admin.keys("*")) expect(await admin.pttl(key)).toBeGreaterThan(0);
  const ids = new Map<string, number>();
  const nameOf = (id: string) => ids.get(id) ?? ids.set(id, ids.size).size - 1;
  return {
    migrated: { ...migrated, issuedAt: 0, deadline: 0, newToken: typeof migrated?.newToken },
    first: first?.data,
    handedOver: again?.newToken === renewed,
    updated,
    listed: list.sessions.map(({ current, meta }) => ({ current, meta })),
    limited,
    spared,
    others,
    allUpdated,
    data,
    stolen,
    orphans,
    toSessions: [...toSessions],
    heard: heard.map((event) => ({
      ...event,
      ms: 0,
      session: "session" in event && event.session && nameOf(event.session),
    })),
    spans: spans.getFinishedSpans().map(({ name, attributes }) => [name, attributes["rwt.outcome"]]),
  };
}

let expected: object | undefined;

test("all features work together, in the order that the README shows", async () => {
  const rwt = wholeIn(["encryption", "sessions", "legacy", "events", "openTelemetry"]);
  expected = await live(rwt);
  expect(expected).toMatchObject({
    migrated: { data: { age: 41 }, subject, meta: { from: "2017" }, expire: 600, newToken: "string" },
    first: { age: 36 },
    handedOver: true,
    updated: true,
    limited: 3,
    spared: true,
    others: [null, null, null],
    allUpdated: true,
    data: { age: 5 },
    stolen: [null, null],
    orphans: [1, true],
    toSessions: [{ type: "token_reuse", subject }],
  });
  expect(expected).toMatchObject({
    listed: [
      { current: false, meta: { from: "2017" } },
      { current: true, meta: { device: "iPad" } },
    ],
    heard: expect.arrayContaining([
      expect.objectContaining({ type: "token_reuse" }),
      // A session has one id for all its tokens.
      expect.objectContaining({ type: "signed", session: 0 }),
      expect.objectContaining({ type: "rotated", session: 0 }),
      expect.objectContaining({ type: "updated", scope: "session", session: 0 }),
      expect.objectContaining({ type: "destroyed", scope: "person", done: true }),
    ]),
    spans: expect.arrayContaining([
      ["rwt sign", "signed"],
      ["rwt rotate", "rotated"],
      ["rwt destroyAll", "destroyed"],
    ]),
  });
});

test("they do the same in any other order", async () => {
  const names = orders(Object.keys(FEATURES));
  expect(new Set(names.map(String)).size).toBe(120);
  for (const order of names) {
    heard.length = 0;
    toSessions.length = 0;
    spans.reset();
    await admin.flushall();
    expect(await live(wholeIn(order)), order.join(", ")).toEqual(expected);
  }
});

test("no feature asks for the secret again", async () => {
  const rwt = wholeIn(Object.keys(FEATURES));
  const token = await rwt.sign({ age: 1 }, { subject });
  const later = createRwt({
    store,
    secret: ["the next secret of the tests, 32 bytes", secret],
    prefix: "app:",
  })
    .with(sessions())
    .with(encryption());
  expect(await later.verify(token)).toMatchObject({ data: { age: 1 }, subject });
  expect(await later.idOf(token)).toBe(await rwt.idOf(token));
});
