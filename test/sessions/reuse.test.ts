/** A token that is used after its rotation, and after its successor was used, was stolen: RFC 9700, section 4.14.2. */
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, eventsOf, expectExpiries, freshSubject, secret, serviceOn } from "./fixture.ts";
import { keysOf, rawOf, tokenOf } from "./values.ts";

const all = await benches();

describe.each(all)("reuse of a rotated token: $name", (bench) => {
  const { store, time, admin } = bench;
  const plain = createRwt({ store, secret, now: time.now });
  const raw = rawOf(store);
  const isLive = async (token: string | null) => (await plain.verify(token)) !== null;

  afterEach(() => expectExpiries(admin));

  /** A session whose token was rotated this many times, each successor used at once. */
  async function rotatedTokens(
    rwt: ReturnType<typeof serviceOn>,
    subject: string | undefined,
    times: number,
  ) {
    const tokens = [await rwt.sign("Ada", { subject })];
    for (let i = 0; i < times; i++) {
      const fresh = await rwt.rotate(tokens.at(-1));
      expect(await isLive(fresh)).toBe(true);
      tokens.push(fresh ?? "");
    }
    return tokens;
  }

  test("ends the session, and an event tells", async () => {
    type Show = (rwt: ReturnType<typeof serviceOn>, old: string) => Promise<unknown>;
    const shows: Show[] = [(rwt, old) => rwt.verify(old), (rwt, old) => rwt.rotate(old)];
    for (const show of shows) {
      for (const subject of [undefined, freshSubject()]) {
        const rwt = serviceOn(bench);
        const [old = "", fresh = ""] = await rotatedTokens(rwt, subject, 1);
        const other = await rwt.sign("another of hers", { subject });
        await time.advance(11);
        expect(await show(rwt, old)).toBeNull();
        expect(eventsOf(rwt)).toEqual([{ type: "token_reuse", subject }]);
        expect([await isLive(fresh), await isLive(old), await isLive(other)]).toEqual([false, false, true]);
        expect(await raw.get((await keysOf(old)).session)).toBeNull();
        // Only once, since afterwards there is nothing left to end.
        expect([await rwt.verify(old), await rwt.rotate(fresh)]).toEqual([null, null]);
        expect(eventsOf(rwt)).toHaveLength(1);
      }
    }
  });

  test("ends it in a service that knows nothing of sessions, too", async () => {
    const rwt = serviceOn(bench);
    const [old = "", fresh = ""] = await rotatedTokens(rwt, freshSubject(), 1);
    await time.advance(11);
    expect(await plain.verify(old)).toBeNull();
    expect([await rwt.verify(fresh), await plain.verify(fresh)]).toEqual([null, null]);
  });

  test("is no alarm within ten seconds of the rotation, nor within two of the grace's end", async () => {
    const rwt = serviceOn(bench);
    const subject = freshSubject();
    const [old = "", fresh = ""] = await rotatedTokens(rwt, subject, 1);
    await time.advance(8);
    expect([await isLive(old), await isLive(fresh)]).toEqual([false, true]);
    // A rotation in that time returns the current token.
    expect(await rwt.rotate(old)).toBe(fresh);
    const next = await rwt.rotate(fresh, { grace: 60 });
    expect(await isLive(next)).toBe(true);
    await time.advance(60);
    expect([await isLive(fresh), await isLive(next)]).toEqual([false, true]);
    expect(eventsOf(rwt)).toEqual([]);
    await time.advance(3);
    expect(await rwt.verify(fresh)).toBeNull();
    expect(eventsOf(rwt)).toEqual([{ type: "token_reuse", subject }]);
    expect(await isLive(next)).toBe(false);
  });

  test("depends on the generation: up to eight behind are stragglers for that time, the ninth is reuse at once", async () => {
    for (const subject of [undefined, freshSubject()]) {
      const rwt = serviceOn(bench);
      const tokens = await rotatedTokens(rwt, subject, 9);
      for (const old of tokens.slice(1, -1)) expect(await rwt.verify(old)).toBeNull();
      for (const old of tokens.slice(1, -2)) expect(await rwt.rotate(old)).toBeNull();
      expect([eventsOf(rwt), await isLive(tokens.at(-1) ?? "")]).toEqual([[], true]);
      expect(await rwt.verify(tokens[0])).toBeNull();
      expect(eventsOf(rwt)).toEqual([{ type: "token_reuse", subject }]);
      expect(await isLive(tokens.at(-1) ?? "")).toBe(false);
    }
  });

  test("of an older generation counts even if the current token was never used", async () => {
    const rwt = serviceOn(bench);
    const [first = "", second = ""] = await rotatedTokens(rwt, freshSubject(), 1);
    const third = await rwt.rotate(second);
    await time.advance(11);
    expect([await isLive(second), eventsOf(rwt)]).toEqual([true, []]);
    expect(await rwt.verify(first)).toBeNull();
    expect(eventsOf(rwt)).toHaveLength(1);
    expect([await isLive(second), await isLive(third)]).toEqual([false, false]);
  });

  test("after a change of privilege counts once ten seconds have passed, whether the new token was used or not", async () => {
    const rwt = serviceOn(bench);
    const subject = freshSubject();
    const old = await rwt.sign("Ada", { subject });
    const fresh = await rwt.rotate(old, { retry: false });
    await time.advance(8);
    expect([await rwt.verify(old), eventsOf(rwt)]).toEqual([null, []]);
    await time.advance(3);
    expect(await rwt.verify(old)).toBeNull();
    expect(eventsOf(rwt)).toEqual([{ type: "token_reuse", subject }]);
    expect(await isLive(fresh)).toBe(false);
  });

  test("by calls that let nobody in ends nothing: extend, update, and destroyAll's except", async () => {
    const rwt = serviceOn(bench);
    const subject = freshSubject();
    const [old = "", fresh = ""] = await rotatedTokens(rwt, subject, 1);
    await time.advance(11);
    expect([await rwt.extend(old), await rwt.update(old, 1)]).toEqual([false, false]);
    expect((await plain.verify(fresh))?.data).toBe("Ada");
    expect(await rwt.destroyAll(subject, { except: old })).toBe(true);
    expect([await isLive(fresh), eventsOf(rwt)]).toEqual([false, []]);
  });

  test("of an ended session's token emits no event", async () => {
    const rwt = serviceOn(bench);
    const subject = freshSubject();
    for (const end of [
      (token: string) => rwt.destroy(token),
      () => rwt.destroyAll(subject),
      async (token: string) => rwt.destroyById(subject, (await rwt.idOf(token)) ?? ""),
    ]) {
      const [old = "", fresh = ""] = await rotatedTokens(rwt, subject, 1);
      await time.advance(11);
      expect(await end(fresh)).toBe(true);
      expect([await rwt.verify(old), await rwt.rotate(old), eventsOf(rwt)]).toEqual([null, null, []]);
    }
  });

  test("any generation, older or newer than any that was issued, ends all of them by destroy", async () => {
    const rwt = serviceOn(bench);
    for (const subject of [undefined, freshSubject()]) {
      for (const generation of [0, 1, 2, 9]) {
        const tokens = await rotatedTokens(rwt, subject, 2);
        await time.advance(11);
        expect(await plain.destroy(await tokenOf(tokens[0] ?? "", generation))).toBe(true);
        for (const token of tokens) expect(await isLive(token)).toBe(false);
        expect(await plain.destroy(tokens[2])).toBe(false);
      }
    }
    expect(eventsOf(rwt)).toEqual([]);
  });
});
