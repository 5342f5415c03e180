import { Redis } from "ioredis";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { observed, type RwtEvent } from "../../src/events/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { createTimeMachine, tcpSender } from "../conformance/time-machine.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const store = ioredisStore(redis.url);
const time = createTimeMachine(tcpSender(admin));
afterAll(async () => {
  await store.disconnect();
  await admin.quit();
});

const secret = "a secret of the tests, 32 bytes or more";
const events: RwtEvent[] = [];
const onEvent = (event: RwtEvent) => void events.push(event);
beforeEach(() => {
  events.length = 0;
});
/** The events since the last call, without their times. */
function told(): object[] {
  return events.splice(0).map((event) => {
    if (!("ms" in event)) return event;
    const { ms, ...rest } = event;
    expect(ms).toBeGreaterThanOrEqual(0);
    expect(ms).toBeLessThan(60_000);
    return JSON.parse(JSON.stringify(rest));
  });
}

const options = { store, secret, now: time.now };
const seeing = { secret, now: time.now, onEvent };

describe("a service of createRwt", () => {
  const rwt = observed(createRwt<{ id: string }>({ ...options, maxLifetime: 1000, expire: 100 }), seeing);

  test("tells of a session's life by one id, and never by its token", async () => {
    const token = await rwt.sign({ id: "42" }, { subject: "user-42" });
    expect((await rwt.verify(token))?.data).toEqual({ id: "42" });
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
    expectNoLeak(events, {
      token,
      "token's end": token.slice(-20),
      secret,
      subject: "user-42",
      key: "rwt:{",
    });
    const happened = told();
    const { session } = happened[0] as { session: string };
    expect(session).toMatch(/^[\w-]{22}$/);
    expect(happened).toEqual([
      { operation: "sign", type: "signed", session },
      { operation: "verify", type: "verified", session },
      { operation: "extend", type: "extended", session },
      { operation: "destroy", type: "destroyed", count: 1, session },
      { operation: "verify", type: "rejected", reason: "unknown", session },
    ]);
  });

  test("tells why a token is turned away, and Redis hears of none but the genuine ones", async () => {
    const token = await rwt.sign({ id: "1" });
    const { session } = told()[0] as { session: string };
    const old = await rwt.sign({ id: "2" }, { expire: 1000 });
    const older = told()[0] as { session: string };
    const stranger = await createRwt({ ...options, secret: "x".repeat(32) }).sign(1);
    const bad = [undefined, null, "", "rwt_", `${token}A`, forged(token), stranger];
    const sent = await commandsOf(admin, async () => {
      for (const one of bad) expect(await rwt.verify(one)).toBeNull();
      expect(await rwt.verify(Object(token))).toBeNull();
      expect(await rwt.extend(forged(token))).toBe(false);
    });
    expect(sent).toEqual({});
    const rejected = (reason: string, operation = "verify") => ({ operation, type: "rejected", reason });
    expect(told()).toEqual([
      ...["missing", "missing", "malformed", "malformed", "malformed", "forged", "forged"].map((reason) =>
        rejected(reason),
      ),
      rejected("malformed"),
      rejected("forged", "extend"),
    ]);

    await time.advance(101);
    expect(await rwt.verify(token)).toBeNull();
    expect(told()).toEqual([{ ...rejected("unknown"), session }]);
    await time.advance(900);
    expect(await rwt.verify(old)).toBeNull();
    expect(await rwt.destroy(old)).toBe(false);
    const late = { ...rejected("past_deadline"), session: older.session };
    expect(told()).toEqual([late, { ...late, operation: "destroy" }]);
  });

  test("sends no command more than it did", async () => {
    const token = await rwt.sign({ id: "1" });
    expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({ get: 1 });
  });

  test("tells the subject only where it is asked to", async () => {
    const open = observed(createRwt(options), { ...seeing, subjects: true });
    await open.verify(await open.sign(1, { subject: "user-7" }));
    expect(told()).toMatchObject([{ subject: "user-7" }, { subject: "user-7" }]);
  });

  test("tells of an outage, whose error stays as it was", async () => {
    const token = await rwt.sign({ id: "1" });
    const { session } = told()[0] as { session: string };
    const away = ioredisStore("redis://127.0.0.1:1");
    const out = observed(createRwt({ ...options, store: away }), seeing);
    const error = await out.verify(token).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    await expect(out.sign(1)).rejects.toMatchObject({ reason: "network" });
    const outage = { type: "store_error", reason: "network" };
    expect(told()).toEqual([
      { ...outage, operation: "verify", session },
      { ...outage, operation: "sign" },
    ]);
    await away.disconnect();
  });

  test("tells nothing of what the caller did wrong or gave up", async () => {
    await expect(rwt.sign({ id: "1" }, { expire: 0 })).rejects.toMatchObject({
      code: "ERR_RWT_OPTION_RANGE",
    });
    const reason = new Error("gone");
    await expect(rwt.verify("rwt_", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(told()).toEqual([]);
  });

  test("keeps nobody out, whatever its listener throws, rejects with or waits for", async () => {
    const listeners = [
      () => {
        throw new Error("a listener's own");
      },
      async () => Promise.reject(new Error("a listener's own, later")),
      () => new Promise<void>(() => {}),
    ];
    for (const onEvent of listeners) {
      const rwt = observed(createRwt(options), { ...seeing, onEvent });
      const token = await rwt.sign("in");
      expect((await rwt.verify(token))?.data).toBe("in");
      expect(await rwt.destroy(token)).toBe(true);
      expect(await rwt.verify("rwt_")).toBeNull();
    }
  });

  test("has all that the service had, and is as frozen", async () => {
    const plain = createRwt(options);
    const rwt = observed(plain, seeing);
    expect(Reflect.ownKeys(rwt)).toEqual(Reflect.ownKeys(plain));
    expect(Object.isFrozen(rwt)).toBe(true);
    expect([rwt.expire, rwt.maxLifetime]).toEqual([plain.expire, plain.maxLifetime]);
    await rwt.connect();
  });

  test("names a session of an older secret by that secret", async () => {
    const token = await createRwt(options).sign(1);
    await rwt.verify(token);
    const [before] = told();
    const ring = ["n".repeat(32), secret];
    const later = observed(createRwt({ ...options, secret: ring }), { ...seeing, secret: ring });
    await later.verify(token);
    expect(told()).toEqual([before]);
  });
});

describe("a service of createRwtWithSessions", () => {
  const plain = createRwtWithSessions<number>({ ...options, onEvent });
  const rwt = observed(plain, { ...seeing, subjects: true });

  test("tells of a person's sessions by the ids that list shows, and of theft to the same listener", async () => {
    const token = await rwt.sign(1, { subject: "ada" });
    const other = await rwt.sign(2, { subject: "ada" });
    const [first, second] = told() as [{ session: string }, { session: string }];
    const { sessions } = await rwt.list("ada");
    expect(sessions.map(({ id }) => id).sort()).toEqual([first.session, second.session].sort());
    expect(await rwt.update(token, 3)).toBe(true);
    expect(await rwt.updateAll("ada", 4)).toBe(2);
    expect(await rwt.destroyById("ada", second.session)).toBe(true);
    expect(await rwt.destroyById("ada", "no\nid")).toBe(false);
    expect(await rwt.update(other, 5)).toBe(false);
    const fresh = (await rwt.rotate(token)) ?? "";
    await time.advance(11);
    expect(await rwt.rotate(token)).toBeNull();
    expect(await rwt.verify(fresh)).toBeNull();
    expect(await rwt.destroyAll("ada")).toBe(0);
    const subject = "ada";
    const happened = told();
    const { session } = happened[6] as { session: string };
    expect([first.session, second.session]).not.toContain(session);
    expect(happened).toEqual([
      { operation: "list", type: "listed", count: 2, subject },
      { operation: "update", type: "updated", count: 1, session: first.session },
      { operation: "updateAll", type: "updated", count: 2, subject },
      { operation: "destroyById", type: "destroyed", count: 1, subject, session: second.session },
      { operation: "destroyById", type: "destroyed", count: 0, subject },
      { operation: "update", type: "rejected", reason: "unknown", session: second.session },
      { operation: "rotate", type: "rotated", session },
      { type: "token_reuse", subject },
      { operation: "rotate", type: "rejected", reason: "unknown", session: first.session },
      { operation: "verify", type: "rejected", reason: "unknown", session },
      { operation: "destroyAll", type: "destroyed", count: 0, subject },
    ]);
  });
});

describe("observed refuses", () => {
  const rwt = createRwt({ store: memoryStore(), secret });
  const refusals: [string, () => unknown, object][] = [
    ["what is no service", () => observed({} as typeof rwt, { secret, onEvent }), { option: "rwt" }],
    ["no listener", () => observed(rwt, { secret } as never), { option: "onEvent" }],
    ["no secret", () => observed(rwt, { onEvent } as never), { option: "secret" }],
    ["a short secret", () => observed(rwt, { secret: "short", onEvent }), { code: "ERR_RWT_OPTION_RANGE" }],
    [
      "a typing error",
      () => observed(rwt, { secret, onEvent, subject: true } as never),
      { code: "ERR_RWT_OPTION_UNKNOWN" },
    ],
    [
      "a truth of sorts",
      () => observed(rwt, { secret, onEvent, subjects: 1 as never }),
      { option: "subjects" },
    ],
  ];
  test.each(refusals)("%s", (_, make, expected) => {
    expect(make).toThrow(expect.objectContaining(expected));
  });
});
