import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, expectExpiries, freshSubject, type SessionsRwt, secret, serviceOn } from "./fixture.ts";
import { keysOf, personKeysOf, rawOf } from "./values.ts";

const all = await benches();

describe.each(all)("list: $name", (bench) => {
  const { store, time, admin } = bench;
  const rwt = serviceOn(bench);
  const raw = rawOf(store);
  afterEach(() => expectExpiries(admin));

  /** The sessions of all pages. `between` runs between two pages. */
  async function pagesOf(
    service: SessionsRwt,
    subject: string,
    limit: number,
    between: (page: readonly { readonly id: string }[]) => Promise<unknown> = async () => {},
  ) {
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page: Awaited<ReturnType<typeof rwt.list>> = await service.list(subject, { limit, cursor });
      expect(page.sessions.length).toBeLessThanOrEqual(limit);
      seen.push(...page.sessions.map(({ meta }) => meta?.i));
      cursor = page.cursor;
      await between(page.sessions);
    } while (cursor !== undefined);
    return seen;
  }

  const signMany = (subject: string, count: number, from = 0) =>
    Promise.all(Array.from({ length: count }, (_, i) => rwt.sign(1, { subject, meta: { i: from + i } })));
  const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);
  const sorted = (seen: readonly unknown[]) => [...seen].sort((a, b) => Number(a) - Number(b));

  test("shows live sessions, newest first, and marks the caller's", async () => {
    const subject = freshSubject();
    const tokens: string[] = [];
    for (const device of ["iPad", "phone", "desk"]) {
      tokens.push(
        await rwt.sign("Ada", { subject, meta: { device, odd: [], big: 12345678901234 }, expire: 600 }),
      );
      await time.advance(1);
    }
    await rwt.sign("Ada", { subject: freshSubject() });
    const { index } = await personKeysOf(tokens[0] ?? "");
    await rwt.destroy(tokens[1]);
    expect(await raw.members(index)).toHaveLength(2);
    const { sessions, cursor } = await rwt.list(subject, { current: tokens[0] });
    expect(sessions.map(({ meta, current }) => [meta?.device, current])).toEqual([
      ["desk", false],
      ["iPad", true],
    ]);
    expect(cursor).toBeUndefined();
    const session = await rwt.verify(tokens[2]);
    expect(sessions[0]).toEqual({
      id: await rwt.idOf(tokens[2]),
      issuedAt: session?.issuedAt,
      deadline: session?.deadline,
      idle: expect.closeTo(599, -1),
      meta: { device: "desk", odd: [], big: 12345678901234 },
      current: false,
    });
    await time.advance(601);
    expect(await rwt.list(subject)).toEqual({ sessions: [], cursor: undefined });
    expect(await rwt.list(freshSubject())).toEqual({ sessions: [], cursor: undefined });
  });

  test("shows sessions with the same deadline in pages, each once, even if the last of each page ends in between", async () => {
    const subject = freshSubject();
    // The clock stands still.
    const now = Math.floor(time.now());
    const still = serviceOn({ store, time: { ...time, now: () => now } });
    for (let i = 0; i < 25; i++) await still.sign(1, { subject, meta: { i } });
    expect(new Set((await still.list(subject)).sessions.map(({ deadline }) => deadline)).size).toBe(1);
    expect(sorted(await pagesOf(still, subject, 7))).toEqual(upTo(25));
    // A page with all sessions, and pages of one.
    expect(sorted(await pagesOf(still, subject, 25))).toEqual(upTo(25));
    expect(sorted(await pagesOf(still, subject, 1))).toEqual(upTo(25));
    const end = (page: readonly { readonly id: string }[]) =>
      still.destroyById(subject, page.at(-1)?.id ?? "");
    expect(sorted(await pagesOf(still, subject, 7, end))).toEqual(upTo(25));
  });

  test("shows each session once while all rotate, and others sign in and end", async () => {
    const subject = freshSubject();
    let tokens = await signMany(subject, 20);
    let more = 100;
    const seen = await pagesOf(rwt, subject, 6, async () => {
      tokens = await Promise.all(tokens.map(async (token) => (await rwt.rotate(token)) ?? ""));
      await time.advance(1);
      // Newer sessions, which come before those that were already shown.
      more += 3;
      await signMany(subject, 3, more);
      await rwt.destroy((await signMany(subject, 1, 1000))[0]);
    });
    expect(sorted(seen)).toEqual(upTo(20));
  });

  test("keeps the ids of sessions over rotations, and for destroyById", async () => {
    const subject = freshSubject();
    const tokens = await signMany(subject, 3);
    const idsOf = async () => (await rwt.list(subject)).sessions.map(({ id }) => id);
    const ids = await idsOf();
    const fresh: (string | null)[] = [];
    for (const token of tokens) {
      const next = await rwt.rotate(token);
      await rwt.verify(next);
      fresh.push(await rwt.rotate(next));
    }
    expect(await idsOf()).toEqual(ids);
    const [id = ""] = ids;
    expect(await rwt.destroyById(freshSubject(), id)).toBe(false);
    for (const bad of ["", "x".repeat(22), `${id}A`, id.slice(1), tokens[0] ?? ""])
      expect(await rwt.destroyById(subject, bad)).toBe(false);
    expect([await rwt.destroyById(subject, id), await rwt.destroyById(subject, id)]).toEqual([true, false]);
    const living = await Promise.all(fresh.map(async (token) => (await rwt.verify(token)) !== null));
    expect(living.filter(Boolean)).toHaveLength(2);
    expect(await idsOf()).toEqual(ids.slice(1));
  });

  test("marks the caller's session for a token of any generation, and not for another person's", async () => {
    const [subject, other] = [freshSubject(), freshSubject()];
    const token = await rwt.sign(1, { subject });
    const stranger = await rwt.sign(1, { subject: other });
    const fresh = await rwt.rotate(token);
    for (const [current, is] of [
      [token, true],
      [fresh, true],
      [stranger, false],
      ["rwt_junk", false],
      [null, false],
    ] as const) {
      expect((await rwt.list(subject, { current })).sessions.map((session) => session.current)).toEqual([is]);
    }
  });

  test("afterwards removes ended sessions from the index, and never live ones", async () => {
    const subject = freshSubject();
    const ending = await Promise.all([1, 2, 3].map((i) => rwt.sign(i, { subject, expire: 5 })));
    const evicted = await rwt.sign(4, { subject });
    const living = await rwt.sign(5, { subject });
    const { index, member } = await personKeysOf(living);
    await raw.delete((await keysOf(evicted)).session);
    await time.advance(6);
    expect(await raw.members(index)).toHaveLength(ending.length + 2);
    expect((await rwt.list(subject)).sessions).toHaveLength(1);
    await expect.poll(() => raw.members(index)).toEqual([member]);
    expect(await rwt.verify(living)).not.toBeNull();
  });

  test("is incomplete where the index was evicted, and nothing else is", async () => {
    const subject = freshSubject();
    const tokens = await signMany(subject, 3);
    const { index } = await personKeysOf(tokens[0] ?? "");
    await raw.delete(index);
    expect(await rwt.list(subject)).toEqual({ sessions: [], cursor: undefined });
    const fresh = await rwt.rotate(tokens[0]);
    expect(await rwt.destroyById(subject, (await rwt.idOf(tokens[1])) ?? "")).toBe(true);
    expect(await rwt.updateAll(subject, "all")).toBe(true);
    expect(
      await Promise.all(
        [fresh, ...tokens.slice(1)].map(async (token) => (await rwt.verify(token))?.data ?? null),
      ),
    ).toEqual(["all", null, "all"]);
    // The next sign-in creates a new index, which has the sessions that are signed from then on.
    const later = await rwt.sign(4, { subject });
    expect((await rwt.list(subject, { current: later })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
    await raw.delete(index);
    expect(await rwt.destroyAll(subject)).toBe(true);
    for (const token of [fresh, ...tokens, later]) expect(await rwt.verify(token)).toBeNull();
  });

  test("continues from the newest secret's sessions to those of older secrets", async () => {
    const subject = freshSubject();
    const next = "the next secret of the tests, 32 bytes or more";
    const both = serviceOn(bench, { secret: [next, secret] });
    const old = await createRwt({ store, secret, now: time.now }).sign(1, { subject, meta: { i: 0 } });
    for (const i of [1, 2, 3]) await both.sign(1, { subject, meta: { i } });
    for (const limit of [1, 2, 3, 4, 5]) {
      const seen = await pagesOf(both, subject, limit);
      expect([seen.at(-1), sorted(seen)]).toEqual([0, upTo(4)]);
    }
    expect((await both.list(subject, { current: old })).sessions.map(({ current }) => current)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    await expect(both.list(subject, { cursor: "2" })).rejects.toMatchObject({ option: "cursor" });
    await expect(both.list(subject, { cursor: "mine" })).rejects.toMatchObject({ option: "cursor" });
  });
});
