import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, freshSubject, secret, serviceOn } from "./fixture.ts";

const all = await benches();

describe.each(all)("a person's sessions: $name", (bench) => {
  const { store, time, admin } = bench;
  const rwt = serviceOn<{ name: string }>(bench);
  const ada = { name: "Ada 🎟" };

  afterEach(async () => {
    if (admin === undefined) return;
    for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  });

  test("list shows those that live, the newest first, and which is the caller's", async () => {
    const subject = freshSubject();
    const tokens = [];
    for (const device of ["iPad", "phone", "desk"]) {
      tokens.push(
        await rwt.sign(ada, { subject, meta: { device, odd: [], big: 12345678901234 }, expire: 600 }),
      );
      await time.advance(1);
    }
    await rwt.sign(ada, { subject: freshSubject() });
    await rwt.destroy(tokens[1]);
    const { sessions, cursor } = await rwt.list(subject, { current: tokens[0] });
    expect(sessions.map(({ meta, current }) => [meta?.device, current])).toEqual([
      ["desk", false],
      ["iPad", true],
    ]);
    expect(cursor).toBeUndefined();
    const session = await rwt.verify(tokens[2]);
    expect(sessions[0]).toEqual({
      id: expect.stringMatching(/^[\w-]{22}$/),
      issuedAt: session?.issuedAt,
      deadline: session?.deadline,
      idle: expect.closeTo(599, -1),
      meta: { device: "desk", odd: [], big: 12345678901234 },
      current: false,
    });
    await time.advance(601);
    expect(await rwt.list(subject)).toEqual({ sessions: [], cursor: undefined });
  });

  test("list pages through many, each once, though some end in between", async () => {
    const subject = freshSubject();
    const tokens = await Promise.all(
      Array.from({ length: 25 }, (_, i) => rwt.sign(ada, { subject, meta: { i } })),
    );
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await rwt.list(subject, { limit: 7, cursor });
      expect(page.sessions.length).toBeLessThanOrEqual(7);
      seen.push(...page.sessions.map(({ meta }) => meta?.i));
      const last = page.sessions.at(-1);
      // The very one behind which the next page begins.
      if (last) await rwt.destroyById(subject, last.id);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen.sort((a, b) => Number(a) - Number(b))).toEqual(tokens.map((_, i) => i));
    await expect(rwt.list(subject, { cursor: "mine" })).rejects.toMatchObject({ option: "cursor" });
  });

  test("destroyAll ends all of a subject's, or all but one, whoever signed them", async () => {
    const subject = freshSubject();
    const plain = createRwt({ store, secret, now: time.now });
    const tokens = [
      await rwt.sign(ada, { subject }),
      await plain.sign(ada, { subject }),
      await rwt.sign(ada, { subject }),
    ];
    const other = await rwt.sign(ada, { subject: freshSubject() });
    expect(await rwt.destroyAll(subject, { except: tokens[0] })).toBe(2);
    expect(await Promise.all(tokens.map(async (token) => (await rwt.verify(token)) !== null))).toEqual([
      true,
      false,
      false,
    ]);
    expect((await rwt.list(subject, { current: tokens[0] })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
    expect(await rwt.destroyAll(subject)).toBe(1);
    expect(await rwt.destroyAll(subject)).toBe(0);
    expect(await rwt.verify(tokens[0])).toBeNull();
    expect(await rwt.verify(other)).not.toBeNull();
    const again = await rwt.sign(ada, { subject });
    expect(await rwt.verify(again)).not.toBeNull();
  });

  test("destroyAll and list reach what older secrets of the ring signed", async () => {
    const subject = freshSubject();
    const next = "the next secret of the tests, 32 bytes or more";
    const old = await rwt.sign(ada, { subject });
    const both = serviceOn(bench, { secret: [next, secret] });
    const fresh = await both.sign(ada, { subject });
    const first = await both.list(subject, { limit: 1, current: fresh });
    const second = await both.list(subject, { limit: 1, cursor: first.cursor, current: old });
    expect([first.sessions[0]?.current, second.sessions[0]?.current, second.cursor]).toEqual([
      true,
      true,
      undefined,
    ]);
    expect(await both.destroyById(subject, second.sessions[0]?.id ?? "")).toBe(true);
    expect(await rwt.verify(old)).toBeNull();
    await rwt.sign(ada, { subject });
    expect(await both.destroyAll(subject)).toBe(2);
  });

  test("destroyById ends the one, of this subject alone", async () => {
    const subject = freshSubject();
    const [token, other] = [await rwt.sign(ada, { subject }), await rwt.sign(ada, { subject })];
    const id =
      (await rwt.list(subject, { current: token })).sessions.find(({ current }) => current)?.id ?? "";
    expect(await rwt.destroyById(freshSubject(), id)).toBe(false);
    for (const bad of ["", "x".repeat(22), token, `${id}A`])
      expect(await rwt.destroyById(subject, bad)).toBe(false);
    expect(await rwt.destroyById(subject, id)).toBe(true);
    expect(await rwt.destroyById(subject, id)).toBe(false);
    expect([await rwt.verify(token), (await rwt.verify(other)) !== null]).toEqual([null, true]);
  });

  test("update gives a session new data, and leaves its token, its life and the rest of it", async () => {
    const subject = freshSubject();
    const meta = { empty: [], deep: { data: "not this one", '"data"': [{}, []] }, big: 9007199254740991 };
    const token = await rwt.sign({ name: '"data":{"x":[1,2}' }, { subject, meta, expire: 600 });
    await time.advance(100);
    for (const data of [{ name: 'Zoë \\ " }{][' }, { name: "" }]) {
      expect(await rwt.update(token, data)).toBe(true);
      expect(await rwt.verify(token)).toMatchObject({ data, subject, meta, expire: 600 });
    }
    const [session] = (await rwt.list(subject)).sessions;
    expect(session?.idle).toBeLessThanOrEqual(500);
    await rwt.destroy(token);
    expect(await rwt.update(token, ada)).toBe(false);
    expect(await rwt.verify(token)).toBeNull();
    await expect(rwt.update(token, Number.NaN as never)).rejects.toMatchObject({
      code: "ERR_RWT_DATA_NOT_JSON",
    });
  });

  test("updateAll gives all of a subject's sessions new data", async () => {
    const subject = freshSubject();
    const tokens = [await rwt.sign(ada, { subject }), await rwt.sign(ada, { subject, meta: { a: 1 } })];
    const other = await rwt.sign(ada, { subject: freshSubject() });
    await rwt.destroy(await rwt.sign(ada, { subject }));
    expect(await rwt.updateAll(subject, { name: "Grace" })).toBe(2);
    for (const token of tokens) expect((await rwt.verify(token))?.data).toEqual({ name: "Grace" });
    expect((await rwt.verify(other))?.data).toEqual(ada);
  });

  test("a limit ends the oldest, or refuses; dead ones don't count", async () => {
    const subject = freshSubject();
    const two = serviceOn(bench, { maxSessions: 2 });
    const strict = serviceOn(bench, { maxSessions: 2, onLimit: "reject" });
    await two.destroy(await two.sign(1, { subject }));
    const tokens = [];
    for (let i = 0; i < 4; i++) {
      tokens.push(await two.sign(i, { subject }));
      await time.advance(1);
    }
    expect(await Promise.all(tokens.map(async (token) => (await two.verify(token))?.data))).toEqual([
      undefined,
      undefined,
      2,
      3,
    ]);
    await expect(strict.sign(4, { subject })).rejects.toMatchObject({ code: "ERR_RWT_SESSION_LIMIT" });
    await strict.destroy(tokens[2]);
    expect((await strict.verify(await strict.sign(5, { subject })))?.data).toBe(5);
    await expect(strict.sign(6, { subject })).rejects.toThrow("2 sessions already");
    expect(await strict.verify(await strict.sign("without a subject"))).not.toBeNull();
  });
});
