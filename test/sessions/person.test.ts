/** What ends all of a person's sessions: destroyAll, and the loss of the person's key. */
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, expectExpiries, freshSubject, secret, serviceOn } from "./fixture.ts";
import { personKeysOf, rawOf, tokenOf } from "./values.ts";

const all = await benches();
const next = "the next secret of the tests, 32 bytes or more";

describe.each(all)("all of a person's sessions: $name", (bench) => {
  const { store, time, admin } = bench;
  const rwt = serviceOn(bench);
  const plain = createRwt({ store, secret, now: time.now });
  const raw = rawOf(store);
  const isLive = async (token: string | null | undefined) => (await plain.verify(token)) !== null;
  const lives = (tokens: readonly (string | null)[]) => Promise.all(tokens.map(isLive));
  afterEach(() => expectExpiries(admin));

  test("end by destroyAll, whoever signed them, and only then", async () => {
    const subject = freshSubject();
    const tokens = [await rwt.sign(1, { subject }), await plain.sign(2, { subject })];
    const rotated = await rwt.rotate(tokens[0]);
    const others = [await rwt.sign(3, { subject: freshSubject() }), await rwt.sign(4)];
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await lives([...tokens, rotated, ...others])).toEqual([false, false, false, true, true]);
    for (const token of [...tokens, rotated]) {
      expect([
        await rwt.extend(token),
        await rwt.update(token, 2),
        await rwt.rotate(token),
        await rwt.destroy(token),
      ]).toEqual([false, false, null, false]);
    }
    expect((await rwt.list(subject)).sessions).toEqual([]);
    // The person still exists, without sessions. For a subject that never signed in there is no person.
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect(await rwt.destroyAll(freshSubject())).toBe(false);
    const fresh = await rwt.sign(5, { subject });
    expect(await lives([...tokens, rotated, fresh])).toEqual([false, false, false, true]);
  });

  test("free their memory afterwards", async () => {
    const subject = freshSubject();
    const tokens = await Promise.all([1, 2, 3].map((i) => rwt.sign(i, { subject })));
    const keys = await Promise.all(tokens.map(personKeysOf));
    const { index = "", member } = keys[2] ?? {};
    expect(await rwt.destroyAll(subject, { except: tokens[2] })).toBe(true);
    await expect.poll(() => raw.members(index)).toEqual([member]);
    const values = await Promise.all(keys.map(({ session }) => raw.get(session)));
    expect(values.map((value) => value === null)).toEqual([true, true, false]);
  });

  test("except one end by destroyAll with that session's token, of any live generation", async () => {
    type Shown = (token: string) => Promise<{ shown: string | null; stays: string | null }>;
    const shows: Record<string, Shown> = {
      "the token itself": async (token) => ({ shown: token, stays: token }),
      "the newest, never used": async (token) => {
        const fresh = await rwt.rotate(token);
        return { shown: fresh, stays: fresh };
      },
      "the one before, its successor unused": async (token) => ({
        shown: token,
        stays: await rwt.rotate(token),
      }),
      "the one before, in its grace": async (token) => {
        const fresh = await rwt.rotate(token, { grace: 60 });
        await rwt.verify(fresh);
        return { shown: token, stays: fresh };
      },
      "one that a failover lost": async (token) => {
        const ahead = await tokenOf(token, 3);
        return { shown: ahead, stays: ahead };
      },
    };
    for (const [name, show] of Object.entries(shows)) {
      const subject = freshSubject();
      const [own, other] = [await rwt.sign("own", { subject }), await rwt.sign("other", { subject })];
      const { shown, stays } = await show(own);
      expect([name, await rwt.destroyAll(subject, { except: shown })]).toEqual([name, true]);
      expect([name, await lives([stays, other])]).toEqual([name, [true, false]]);
      expect((await rwt.list(subject, { current: stays })).sessions.map(({ current }) => current)).toEqual([
        true,
      ]);
      expect(await rwt.update(stays, "still")).toBe(true);
      expect(await rwt.destroyAll(subject)).toBe(true);
      expect(await isLive(stays)).toBe(false);
    }
  });

  test("all end if except isn't a live token of this person", async () => {
    const ended = await rwt.sign(1, { subject: freshSubject() });
    type Shown = (subject: string, own: string) => Promise<string | null>;
    const shows: Record<string, Shown> = {
      "another person's": () => rwt.sign(1, { subject: freshSubject() }),
      "nobody's": () => rwt.sign(1),
      "an ended one": async (subject) => {
        const token = await rwt.sign(1, { subject });
        await rwt.destroy(token);
        return token;
      },
      "one of an earlier destroyAll": async (subject, own) => {
        await rwt.destroyAll(subject);
        return own;
      },
      "one whose person's key was lost since": async (_, own) => {
        await raw.delete((await personKeysOf(own)).person);
        return own;
      },
      "a straggler": async (_, own) => {
        await rwt.verify(await rwt.rotate(own));
        return own;
      },
      "one that ended with a change of privilege": async (_, own) => {
        await rwt.rotate(own, { retry: false });
        return own;
      },
      "another secret's": (subject) => createRwt({ store, secret: next, now: time.now }).sign(1, { subject }),
      "past its deadline": (subject) =>
        createRwt({ store, secret, now: () => time.now() - 100, maxLifetime: 50 }).sign(1, { subject }),
      "no token": async () => "rwt_junk",
      none: async () => null,
      "ended long ago": async () => ended,
    };
    await rwt.destroy(ended);
    for (const [name, show] of Object.entries(shows)) {
      const subject = freshSubject();
      const own = await rwt.sign("own", { subject });
      const except = await show(subject, own);
      const other = await rwt.sign("other", { subject });
      expect([name, await rwt.destroyAll(subject, { except })]).toEqual([name, true]);
      expect([name, await lives([own, await tokenOf(own, 1), other])]).toEqual([name, [false, false, false]]);
    }
    // Sessions of other persons don't end either.
    const stranger = await rwt.sign(1, { subject: freshSubject() });
    await rwt.destroyAll(freshSubject(), { except: stranger });
    expect(await isLive(stranger)).toBe(true);
  });

  test("end with the person's key, whatever took it, and never come back", async () => {
    const subject = freshSubject();
    const old = await rwt.sign(1, { subject });
    const fresh = await rwt.rotate(old);
    const { person, session } = await personKeysOf(old);
    const before = await raw.get(session);
    await raw.delete(person);
    const sliding = serviceOn(bench, { verifyExtendsToken: true });
    for (const token of [old, fresh]) {
      expect([
        await plain.verify(token),
        await sliding.verify(token),
        await rwt.extend(token),
        await rwt.update(token, 2),
        await rwt.update(token, () => 2),
        await rwt.rotate(token),
        await rwt.destroyById(subject, (await rwt.idOf(token)) ?? ""),
      ]).toEqual([null, null, false, false, false, null, false]);
    }
    expect(await raw.get(session)).toBe(before);
    expect([await rwt.updateAll(subject, 2), await rwt.destroyAll(subject)]).toEqual([false, false]);
    const later = await rwt.sign(3, { subject });
    expect(await lives([old, fresh, later])).toEqual([false, false, true]);
    expect((await rwt.list(subject)).sessions).toHaveLength(1);
  });

  test("end together over several secrets, each of which has its own person", async () => {
    const both = serviceOn(bench, { secret: [next, secret] });
    const subject = freshSubject();
    const old = await rwt.sign(1, { subject });
    const fresh = await both.sign(2, { subject });
    const stays = await both.rotate(old);
    expect(await both.destroyAll(subject, { except: stays })).toBe(true);
    expect([await both.verify(fresh), (await both.verify(stays))?.data]).toEqual([null, 1]);
    const newest = await both.sign(3, { subject });
    expect(await both.destroyAll(subject, { except: newest })).toBe(true);
    expect([await both.verify(stays), (await both.verify(newest))?.data]).toEqual([null, 3]);
    // A service with only the old secret ends only the sessions that it signed.
    const older = await rwt.sign(4, { subject });
    expect(await rwt.destroyAll(subject)).toBe(true);
    expect([await both.verify(older), (await both.verify(newest))?.data]).toEqual([null, 3]);
    expect(await both.destroyAll(subject)).toBe(true);
    expect(await both.verify(newest)).toBeNull();
  });
});
