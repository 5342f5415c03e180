import { beforeEach, describe, expect, test } from "vitest";
import { events } from "../../src/events/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { commandsOf } from "../support/commandstats.ts";
import { forged } from "../support/forged.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { bench, secret } from "./fixture.ts";

const { admin, time, options, seeing, told, events: heard } = await bench();
beforeEach(() => void told());

describe("a service of createRwt", () => {
  const rwt = createRwt<{ id: string }>({ ...options, maxLifetime: 1000, expire: 100 }).with(events(seeing));

  test("reports a session's events with one id, and never with its token", async () => {
    const token = await rwt.sign({ id: "42" }, { subject: "user-42" });
    expect((await rwt.verify(token))?.data).toEqual({ id: "42" });
    expect(await rwt.extend(token)).toBe(true);
    expect(await rwt.destroy(token)).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
    expectNoLeak(heard, {
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
      { operation: "destroy", type: "destroyed", scope: "session", done: true, session },
      { operation: "verify", type: "rejected", reason: "unknown", session },
    ]);
  });

  test("reports why a token is rejected, and asks Redis only about genuine ones", async () => {
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

  test("sends no additional commands", async () => {
    const token = await rwt.sign({ id: "1" });
    expect(await commandsOf(admin, () => rwt.verify(token))).toEqual({ get: 1 });
  });

  test("reports the subject only if asked to", async () => {
    const open = createRwt(options).with(events({ ...seeing, subjects: true }));
    await open.verify(await open.sign(1, { subject: "user-7" }));
    expect(told()).toMatchObject([{ subject: "user-7" }, { subject: "user-7" }]);
  });

  test("reports an outage without changing its error", async () => {
    const token = await rwt.sign({ id: "1" });
    const { session } = told()[0] as { session: string };
    const away = ioredisStore("redis://127.0.0.1:1");
    const out = createRwt({ ...options, store: away }).with(events(seeing));
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

  test("reports neither wrong calls nor aborted ones", async () => {
    await expect(rwt.sign({ id: "1" }, { expire: 0 })).rejects.toMatchObject({
      code: "ERR_RWT_OPTION_RANGE",
    });
    const reason = new Error("gone");
    await expect(rwt.verify("rwt_", { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(told()).toEqual([]);
  });

  test("isn't affected by a listener that throws, rejects or never settles", async () => {
    const listeners = [
      () => {
        throw new Error("a listener's own");
      },
      async () => Promise.reject(new Error("a listener's own, later")),
      () => new Promise<void>(() => {}),
    ];
    for (const onEvent of listeners) {
      const rwt = createRwt(options).with(events({ onEvent }));
      const token = await rwt.sign("in");
      expect((await rwt.verify(token))?.data).toBe("in");
      expect(await rwt.destroy(token)).toBe(true);
      expect(await rwt.verify("rwt_")).toBeNull();
    }
  });

  test("has all members of the original service, and is frozen too", async () => {
    const plain = createRwt(options);
    const rwt = plain.with(events(seeing));
    expect(Reflect.ownKeys(rwt)).toEqual(Reflect.ownKeys(plain));
    expect(Object.isFrozen(rwt)).toBe(true);
    expect([rwt.expire, rwt.maxLifetime]).toEqual([plain.expire, plain.maxLifetime]);
    await rwt.connect();
  });

  test("reports the same id for a session after a new secret was added", async () => {
    const token = await createRwt(options).sign(1);
    await rwt.verify(token);
    const [before] = told();
    const ring = ["n".repeat(32), secret];
    const later = createRwt({ ...options, secret: ring }).with(events(seeing));
    await later.verify(token);
    expect(told()).toEqual([before]);
  });
});

describe("events() refuses", () => {
  const { onEvent } = seeing;
  const refusals: [string, () => unknown, object][] = [
    [
      "a value that isn't a service",
      () => events({ onEvent })({} as never),
      { option: "rwt", code: "ERR_RWT_OPTION_TYPE" },
    ],
    ["no options", () => events(undefined as never), { option: "events' options" }],
    ["no listener", () => events({} as never), { option: "onEvent" }],
    ["a secret, which it doesn't need", () => events({ secret, onEvent } as never), { option: "secret" }],
    ["a typing error", () => events({ onEvent, subject: true } as never), { code: "ERR_RWT_OPTION_UNKNOWN" }],
    ["a truth of sorts", () => events({ onEvent, subjects: 1 as never }), { option: "subjects" }],
  ];
  test.each(refusals)("%s", (_, make, expected) => {
    expect(make).toThrow(expect.objectContaining(expected));
  });
});
