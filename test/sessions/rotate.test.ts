import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, freshSubject, secret, serviceOn } from "./fixture.ts";

const all = await benches();

describe.each(all)("rotate: $name", (bench) => {
  const { store, time, admin } = bench;
  const service = () => serviceOn<unknown>(bench, { verifyExtendsToken: true });
  const ada = { name: "Ada 🎟", old: "no copy" };

  afterEach(async () => {
    if (admin === undefined) return;
    for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  });

  test("gives a new token for the same session, and the old one is dead at once", async () => {
    const rwt = service();
    const subject = freshSubject();
    const old = await rwt.sign(ada, { subject, expire: 600, meta: { device: "iPad" } });
    const before = await rwt.verify(old);
    await time.advance(100);
    const fresh = (await rwt.rotate(old)) ?? "";
    expect(fresh).toMatch(/^rwt_[\w-]{64}$/);
    expect(fresh).not.toBe(old);
    expect(await rwt.verify(fresh)).toEqual(before);
    expect((await rwt.list(subject, { current: fresh })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
    expect(await createRwt({ store, secret, now: time.now }).verify(old)).toBeNull();
    expect(await rwt.extend(old)).toBe(false);
    expect(await rwt.update(old, 1)).toBe(false);
    expect(await rwt.verify(fresh)).toEqual(before);
  });

  test("50 parallel requests with the old token survive a rotation with a grace; and so does a second one", async () => {
    const rwt = service();
    const subject = freshSubject();
    const old = await rwt.sign(ada, { subject });
    const requests = Array.from({ length: 50 }, async (_, i) => {
      if (i === 20 || i === 30) return rwt.rotate(old, { grace: 100 });
      return rwt.verify(old);
    });
    const answers = await Promise.all(requests);
    expect(answers).not.toContain(null);
    // Who rotates at the same time, or asks again since the reply was lost, gets the same token.
    expect(answers[20]).toBe(answers[30]);
    expect(await rwt.rotate(old, { grace: 100 })).toBe(answers[20]);
    const fresh = String(answers[20]);
    expect((await rwt.list(subject)).sessions).toHaveLength(1);
    await time.advance(80);
    expect(await rwt.verify(old)).not.toBeNull();
    expect((await rwt.verify(fresh))?.data).toEqual(ada);
    expect(rwt.events).toEqual([]);
    // Though it was slid within its grace.
    await time.advance(30);
    expect(await rwt.verify(old)).toBeNull();
    expect(await rwt.verify(fresh)).toBeNull();
    expect(rwt.events).toEqual([{ type: "token_reuse", subject }]);
  });

  test("a replay after the grace ends the whole family, and an event tells", async () => {
    const plain = createRwt({ store, secret, now: time.now });
    const rwt = service();
    const subject = freshSubject();
    const first = await rwt.sign(ada, { subject });
    const other = await rwt.sign(ada, { subject });
    const second = await rwt.rotate(first, { grace: 10 });
    const third = await rwt.rotate(second, { grace: 10 });
    expect(await plain.verify(first)).not.toBeNull();
    await time.advance(12);
    expect([await rwt.verify(third), rwt.events]).toEqual([expect.anything(), []]);
    expect(await rwt.verify(first)).toBeNull();
    expect(rwt.events).toEqual([{ type: "token_reuse", subject }]);
    for (const token of [first, second, third]) expect(await rwt.verify(token)).toBeNull();
    expect(await rwt.verify(other)).not.toBeNull();
    // Once: then there is nothing left to end.
    expect(rwt.events).toHaveLength(1);
  });

  test("a replayed rotation is theft too, but not one that is asked for again in time", async () => {
    const rwt = service();
    const old = await rwt.sign(ada);
    const fresh = await rwt.rotate(old);
    expect(await rwt.rotate(old)).toBe(fresh);
    expect((await rwt.verify(fresh))?.data).toEqual(ada);
    await time.advance(10);
    expect(await rwt.rotate(old)).toBeNull();
    expect(rwt.events).toEqual([{ type: "token_reuse", subject: undefined }]);
    expect(await rwt.verify(fresh)).toBeNull();
    expect(await rwt.rotate(fresh)).toBeNull();
    expect(await rwt.rotate("rwt_junk")).toBeNull();
  });

  test("whoever ends a session ends what rotations left of it", async () => {
    const rwt = service();
    const endings: ((subject: string, old: string, fresh: string) => Promise<unknown>)[] = [
      (_, __, fresh) => rwt.destroy(fresh),
      (_, old) => rwt.destroy(old),
      (subject) => rwt.destroyAll(subject),
      async (subject) => rwt.destroyById(subject, (await rwt.list(subject)).sessions[0]?.id ?? ""),
    ];
    for (const end of endings) {
      const subject = freshSubject();
      const [first, second] = [await rwt.sign(ada, { subject }), await rwt.sign(ada, { subject })];
      await rwt.destroy(second);
      const next = (await rwt.rotate(first, { grace: 60 })) ?? "";
      const last = (await rwt.rotate(next, { grace: 60 })) ?? "";
      expect(await end(subject, first, last)).toBeTruthy();
      for (const token of [first, next, last]) expect(await rwt.verify(token)).toBeNull();
      expect((await rwt.list(subject)).sessions).toEqual([]);
      expect(rwt.events).toEqual([]);
    }
  });

  test("an id that was listed before a rotation still ends the session", async () => {
    const rwt = service();
    const subject = freshSubject();
    const token = await rwt.sign(ada, { subject });
    const [session] = (await rwt.list(subject)).sessions;
    const fresh = await rwt.rotate(token);
    expect(await rwt.destroyById(subject, session?.id ?? "")).toBe(true);
    expect(await rwt.verify(fresh)).toBeNull();
  });

  test("destroyAll spares the caller's session, rotated or about to be", async () => {
    const rwt = service();
    for (const shown of ["old", "fresh"] as const) {
      const subject = freshSubject();
      const old = await rwt.sign(ada, { subject });
      const other = await rwt.sign(ada, { subject });
      const fresh = (await rwt.rotate(old, { grace: 60 })) ?? "";
      expect(await rwt.destroyAll(subject, { except: { old, fresh }[shown] })).toBe(1);
      expect([await rwt.verify(other), (await rwt.verify(fresh)) !== null]).toEqual([null, true]);
      expect((await rwt.list(subject)).sessions).toHaveLength(1);
    }
  });

  test("update reaches what came of the token, and what is left for its grace", async () => {
    const rwt = service();
    const old = await rwt.sign(ada);
    const fresh = await rwt.rotate(old, { grace: 60 });
    for (const [shown, data] of [
      [old, 1],
      [fresh, 2],
    ] as const) {
      expect(await rwt.update(shown, data)).toBe(true);
      expect([(await rwt.verify(old))?.data, (await rwt.verify(fresh))?.data]).toEqual([data, data]);
    }
  });

  test("keeps the session's deadline, and never outlives it", async () => {
    const rwt = serviceOn(bench, { maxLifetime: 100, expire: 80 });
    const old = await rwt.sign(1, { subject: freshSubject() });
    await time.advance(60);
    const fresh = await rwt.rotate(old, { grace: 60 });
    expect(await rwt.extend(fresh, { expire: 1000 })).toBe(true);
    await time.advance(41);
    expect([await rwt.verify(fresh), await rwt.verify(old), await rwt.rotate(fresh)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});
