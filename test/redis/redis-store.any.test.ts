import { describe, expect, test } from "vitest";
import { redisStore } from "../../src/redis/index.ts";
import { SCRIPTS } from "../../src/redis/scripts.ts";
import { ALONE, newSession, noting, OWNED, OWNED_VALUE, PERSON, VALUE } from "./stub-connection.ts";

const now = 1_795_000_000;

describe("the commands of the wire format, to the letter, with their keys and whether they write", () => {
  const { session, person, index } = OWNED;
  const touches = { write: true, expendable: true };

  test("of a session without a subject", async () => {
    const { sent, store } = noting(["OK", VALUE, VALUE, 1, 1]);
    const ref = { redis: ALONE, generation: 0 };
    await store.create(newSession(ALONE), { now });
    await store.check(ref, { now });
    await store.check(ref, { now, slideTo: 30 });
    await store.extend(ref, 20, { now });
    await store.destroy(ref);
    const keys = [ALONE.session];
    expect(sent).toEqual([
      { name: "SET", keys, args: ["SET", ...keys, VALUE, "EX", "60", "NX"], write: true },
      { name: "GET", keys, args: ["GET", ...keys], write: false },
      { name: "GETEX", keys, args: ["GETEX", ...keys, "EX", "30"], ...touches },
      {
        name: "EVALSHA",
        keys,
        args: ["EVALSHA", SCRIPTS.extend.sha1, "1", ...keys, "0", "20", String(now)],
        ...touches,
      },
      { name: "EVALSHA", keys, args: ["EVALSHA", SCRIPTS.destroy.sha1, "1", ...keys, "a", "1"], write: true },
    ]);
  });

  test("of a session with one", async () => {
    const snapshot = [OWNED_VALUE, PERSON];
    const { sent, store } = noting([["created", []], snapshot, 1, snapshot, 1, 1]);
    const ref = { redis: OWNED, generation: 0 };
    await store.create(newSession(OWNED, { isSealed: true }), { now });
    await store.check(ref, { now });
    await store.check(ref, { now, slideTo: 30 });
    await store.extend(ref, 20, { now });
    await store.destroy(ref);
    const [signed, ...others] = sent;
    const keys = [session, person];
    expect(signed).toMatchObject({ name: "EVALSHA", keys: [...keys, index], write: true });
    expect(signed?.args.slice(0, 9)).toEqual([
      "EVALSHA",
      SCRIPTS.sign.sha1,
      "3",
      ...keys,
      index,
      "1795000000",
      "1795000600",
      expect.stringMatching(/^[\w-]{11}$/),
    ]);
    expect(others).toEqual([
      { name: "MGET", keys, args: ["MGET", ...keys], write: false },
      { name: "EXPIRE", keys: [session], args: ["EXPIRE", session, "30"], ...touches },
      { name: "MGET", keys, args: ["MGET", ...keys], write: false },
      {
        name: "EVALSHA",
        keys,
        args: ["EVALSHA", SCRIPTS.extend.sha1, "2", ...keys, "0", "20", String(now)],
        ...touches,
      },
      {
        name: "EVALSHA",
        keys: [...keys, index],
        args: ["EVALSHA", SCRIPTS.destroy.sha1, "3", ...keys, index, "a", "1"],
        write: true,
      },
    ]);
  });

  test("of a connection that is tried", async () => {
    const { sent, store } = noting(["PONG"]);
    await store.connect();
    expect(sent).toEqual([{ name: "PING", keys: [], args: ["PING"], write: false }]);
  });
});

test("reads back only where SET NX was refused, and takes nothing but its own value for its own write", async () => {
  for (const [found, isOwn] of [
    [VALUE, true],
    [`${VALUE}0`, false],
    [null, false],
  ] as const) {
    const { sent, store } = noting([null, [found]]);
    const created = store.create(newSession(ALONE), { now });
    if (isOwn) await created;
    else await expect(created).rejects.toMatchObject({ reason: "reply" });
    // By a script, so that the primary is asked.
    expect(sent.map(({ name }) => name)).toEqual(["SET", "EVALSHA"]);
  }
});

test("getting ready doesn't count towards the timeout, and its own error is no outage", async () => {
  const slow = redisStore(
    {
      open: () => new Promise((resolve) => setTimeout(resolve, 60)),
      send: async () => "PONG",
      close: async () => {},
    },
    { timeout: 20 },
  );
  await slow.connect();
  const open = () => Promise.reject(new RangeError("no client from these options"));
  const broken = redisStore({ open, send: async () => "PONG", close: async () => {} });
  await expect(broken.connect()).rejects.toThrow(RangeError);
});

describe("no reply is taken for an answer but those that Redis gives", () => {
  const odd = [undefined, true, "", "1", 2, -1, [], [[]], {}, Number.NaN, "OK "];
  const none = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "reply" };

  test.each(odd)("%j", async (reply) => {
    const answering = () => noting([reply, reply]).store;
    const [alone, owned] = [ALONE, OWNED].map((redis) => ({ redis, generation: 0 })) as [
      { redis: typeof ALONE; generation: number },
      { redis: typeof OWNED; generation: number },
    ];
    for (const { redis } of [alone, owned])
      await expect(answering().create(newSession(redis), { now })).rejects.toMatchObject(none);
    for (const ref of [alone, owned]) {
      await expect(answering().check(ref, { now })).rejects.toMatchObject(none);
      await expect(answering().check(ref, { now, slideTo: 5 })).rejects.toMatchObject(none);
      if (reply === "1") continue;
      await expect(answering().extend(ref, 1, { now })).rejects.toMatchObject(none);
      await expect(answering().destroy(ref)).rejects.toMatchObject(none);
    }
    if (typeof reply !== "string") await expect(answering().connect()).rejects.toMatchObject(none);
  });

  test("nor for the verdict of a script about an older generation", async () => {
    const rotated = VALUE.replace(" 00000 1 ", " 00002 1 ");
    for (const verdict of [undefined, null, 1, [], ["live"]]) {
      const { store } = noting([rotated, verdict]);
      await expect(store.check({ redis: ALONE, generation: 1 }, { now })).rejects.toMatchObject(none);
    }
    for (const verdict of ["", "LIVE", "anything"]) {
      const { store } = noting([rotated, verdict]);
      await expect(store.check({ redis: ALONE, generation: 1 }, { now })).rejects.toMatchObject(none);
    }
    for (const verdict of ["ended", "late"]) {
      const { store } = noting([rotated, verdict]);
      expect(await store.check({ redis: ALONE, generation: 1 }, { now })).toBeNull();
    }
  });
});

test("numbers are taken as texts too, from a client that is set to give them so", async () => {
  const { store } = noting(["1", "0", "1", "0"]);
  const ref = { redis: ALONE, generation: 0 };
  expect([await store.extend(ref, 1, { now }), await store.extend(ref, 1, { now })]).toEqual([true, false]);
  expect([await store.destroy(ref), await store.destroy(ref)]).toEqual([true, false]);
});

test("the failure of recording a first use changes no answer", async () => {
  const unused = VALUE.replace(" 00000 1 ", " 00000 0 ");
  const { sent, store } = noting([unused, new Error("NOPERM this user has no permissions")]);
  expect(await store.check({ redis: ALONE, generation: 0 }, { now })).toMatchObject({
    isLive: true,
    data: "1",
  });
  expect(sent.map(({ name, expendable }) => [name, expendable])).toEqual([
    ["GET", undefined],
    ["EVALSHA", true],
  ]);
});

test("no lifetime but a whole number of seconds leaves", async () => {
  for (const seconds of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "60" as never]) {
    const { sent, store } = noting([VALUE, VALUE, 1]);
    const ref = { redis: ALONE, generation: 0 };
    await expect(store.check(ref, { now, slideTo: seconds })).rejects.toThrow(/ttl/);
    await expect(store.extend(ref, seconds, { now })).rejects.toThrow(/ttl/);
    await expect(store.create(newSession(ALONE, { ttl: seconds }), { now })).rejects.toThrow(/ttl/);
    await expect(store.create(newSession(OWNED, { ttl: seconds }), { now })).rejects.toThrow(/ttl/);
    expect(sent).toEqual([]);
  }
});
