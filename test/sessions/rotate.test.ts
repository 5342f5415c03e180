/** Rotation: which tokens are live, and for how long. Theft is in reuse.test.ts. */
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, eventsOf, expectExpiries, freshSubject, secret, serviceOn } from "./fixture.ts";
import { headerOf, keysOf, rawOf, tokenOf } from "./values.ts";

const all = await benches();

describe.each(all)("rotate: $name", (bench) => {
  const { store, time, admin } = bench;
  const rwt = serviceOn(bench);
  const plain = createRwt({ store, secret, now: time.now });
  const raw = rawOf(store);
  const ada = { name: "Ada 🎟", old: "no copy" };
  const isLive = async (token: string | null) => (await plain.verify(token)) !== null;
  /** With a subject and without. */
  const subjects = () => [undefined, freshSubject()];

  afterEach(async () => {
    await expectExpiries(admin);
    expect(eventsOf(rwt)).toEqual([]);
  });

  test("returns a new token for the same session, and changes nothing else", async () => {
    for (const subject of subjects()) {
      const old = await rwt.sign(ada, { subject, expire: 600, meta: { device: "iPad" } });
      const before = await rwt.verify(old);
      const fresh = (await rwt.rotate(old)) ?? "";
      expect(fresh).toMatch(/^rwt_[\w-]{76}$/);
      expect(fresh).not.toBe(old);
      expect(await rwt.verify(fresh)).toEqual(before);
      expect(await rwt.idOf(fresh)).toBe(await rwt.idOf(old));
      expect(await keysOf(fresh)).toEqual(await keysOf(old));
    }
  });

  test("leaves the old token live until the new one is first used, in any way", async () => {
    const uses: Record<string, (token: string) => Promise<unknown>> = {
      "a verify by a plain service": (token) => plain.verify(token),
      "a sliding verify": (token) =>
        createRwt({ store, secret, now: time.now, verifyExtendsToken: true }).verify(token),
      "an extend": (token) => plain.extend(token),
      "an update": (token) => rwt.update(token, ada),
      "a rotation": (token) => rwt.rotate(token),
    };
    for (const [name, use] of Object.entries(uses)) {
      for (const subject of subjects()) {
        const old = await rwt.sign(ada, { subject });
        const fresh = await rwt.rotate(old);
        expect([name, await isLive(old), await rwt.extend(old)]).toEqual([name, true, true]);
        expect(await use(fresh ?? "")).not.toBeNull();
        expect([name, await isLive(old), await rwt.extend(old), await rwt.update(old, 1)]).toEqual([
          name,
          false,
          false,
          false,
        ]);
        expect([name, await isLive(fresh)]).toEqual([name, true]);
      }
    }
  });

  test("logs nobody out whose reply was lost, however long ago and how often", async () => {
    for (const subject of subjects()) {
      const old = await rwt.sign(ada, { subject });
      const fresh = await rwt.rotate(old);
      for (let i = 0; i < 3; i++) {
        await time.advance(60);
        expect(await isLive(old)).toBe(true);
        expect(await rwt.rotate(old)).toBe(fresh);
      }
      expect(await isLive(fresh)).toBe(true);
      // A retry that is still in time after the first use gets the same token too.
      await time.advance(60);
      const next = await rwt.rotate(fresh);
      expect(await isLive(next)).toBe(true);
      expect(await rwt.rotate(fresh)).toBe(next);
    }
  });

  test("gives 50 parallel requests one successor, and lets all of them in", async () => {
    for (const subject of subjects()) {
      const old = await rwt.sign(ada, { subject });
      const rotated = await Promise.all(Array.from({ length: 50 }, () => rwt.rotate(old)));
      expect(new Set(rotated).size).toBe(1);
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? rwt.rotate(old) : rwt.verify(old))),
      );
      expect(answers).not.toContain(null);
      expect(new Set(answers.filter((answer) => typeof answer === "string"))).toEqual(new Set([rotated[0]]));
      expect(await isLive(rotated[0] ?? null)).toBe(true);
    }
  });

  test("with a grace the old token works as well as the new one until the grace has passed", async () => {
    const sliding = serviceOn(bench, { verifyExtendsToken: true });
    const subject = freshSubject();
    const old = await sliding.sign(ada, { subject });
    const fresh = await sliding.rotate(old, { grace: 100 });
    await time.advance(90);
    expect(await sliding.verify(fresh)).not.toBeNull();
    expect((await sliding.verify(old))?.data).toEqual(ada);
    expect(await sliding.update(old, 2)).toBe(true);
    expect((await sliding.verify(fresh))?.data).toBe(2);
    expect((await sliding.list(subject, { current: old })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
    // Although the session slid within the grace. For two more seconds the token is a straggler.
    await time.advance(10.5);
    expect([await isLive(old), await sliding.update(old, 3), await isLive(fresh)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(eventsOf(sliding)).toEqual([]);
  });

  test("ends the grace of the previous rotation", async () => {
    const first = await rwt.sign(ada, { subject: freshSubject() });
    const second = await rwt.rotate(first, { grace: 600 });
    const third = await rwt.rotate(second, { grace: 600 });
    expect([await isLive(first), await isLive(second), await isLive(third)]).toEqual([false, true, true]);
    expect(await rwt.rotate(first)).toBeNull();
  });

  test("without retry, for a change of privilege, the old token ends at once, and asks in vain", async () => {
    for (const subject of subjects()) {
      const old = await rwt.sign(ada, { subject });
      const fresh = await rwt.rotate(old, { retry: false });
      expect([await isLive(old), await rwt.extend(old), await rwt.update(old, 1)]).toEqual([
        false,
        false,
        false,
      ]);
      expect([await rwt.rotate(old), await rwt.rotate(old, { retry: false })]).toEqual([null, null]);
      // Of concurrent calls, only one gets the new token.
      const strict = await Promise.all([1, 2, 3].map(() => rwt.rotate(fresh, { retry: false })));
      expect(strict.filter((token) => token !== null)).toHaveLength(1);
      const [newest = null] = strict.filter((token) => token !== null);
      expect(await rwt.update(newest, "more rights")).toBe(true);
      expect((await plain.verify(newest))?.data).toBe("more rights");
    }
  });

  test("a call with retry: false never gets a successor that another call created", async () => {
    const old = await rwt.sign(ada, { subject: freshSubject() });
    const fresh = await rwt.rotate(old, { grace: 60 });
    expect(await rwt.rotate(old, { retry: false })).toBeNull();
    expect(await rwt.rotate(old)).toBe(fresh);
    expect(await isLive(fresh)).toBe(true);
  });

  test("restarts the idle timeout, keeps the deadline, and never outlives it", async () => {
    const short = serviceOn(bench, { maxLifetime: 200, expire: 100 });
    const old = await short.sign(1, { subject: freshSubject() });
    const deadline = (await short.verify(old))?.deadline;
    await time.advance(80);
    const fresh = await short.rotate(old, { grace: 60 });
    await time.advance(80);
    expect((await short.verify(fresh))?.deadline).toBe(deadline);
    const last = await short.rotate(fresh, { grace: 60 });
    expect(await short.extend(last, { expire: 1000 })).toBe(true);
    await time.advance(41);
    expect([await short.verify(last), await short.verify(fresh), await short.rotate(last)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("is refused at the 65,535th generation, before anything is written", async () => {
    for (const subject of subjects()) {
      const first = await rwt.sign(ada, { subject });
      const { session } = await keysOf(first);
      const last = await tokenOf(first, 65_535);
      await raw.patch(session, 25, "65534");
      expect(await rwt.rotate(await tokenOf(first, 65_534))).toBe(last);
      const before = await raw.get(session);
      expect(headerOf(before)).toMatchObject({ generation: "65535", state: "0" });
      for (const options of [{}, { grace: 60 }, { retry: false }]) {
        await expect(rwt.rotate(last, options)).rejects.toMatchObject({ code: "ERR_RWT_ROTATION_LIMIT" });
      }
      expect(await raw.get(session)).toBe(before);
      expect(await isLive(last)).toBe(true);
    }
  });

  test("a generation that a failover lost is raised by whoever shows the token, and the one before is a straggler", async () => {
    for (const subject of subjects()) {
      const old = await rwt.sign(ada, { subject });
      const fresh = await rwt.rotate(old);
      const ahead = await tokenOf(old, 3);
      const { session } = await keysOf(old);
      const lose = () => raw.patch(session, 25, "00000 1 0000000000 0000000000");
      await lose();
      expect((await plain.verify(fresh))?.data).toEqual(ada);
      expect(headerOf(await raw.get(session))).toMatchObject({
        ...{ generation: "00001", state: "1", graceEnd: "0000000000" },
        again: expect.stringMatching(/^[1-9]/),
      });
      expect([await isLive(old), await isLive(fresh)]).toEqual([false, true]);
      await lose();
      expect([await rwt.extend(ahead), await rwt.update(ahead, 2)]).toEqual([true, true]);
      expect(await rwt.rotate(ahead)).toBe(await tokenOf(old, 4));
      expect((await plain.verify(await tokenOf(old, 4)))?.data).toBe(2);
      await lose();
      expect(await rwt.destroy(ahead)).toBe(true);
      expect(await isLive(ahead)).toBe(false);
    }
  });

  test("is null for anything that isn't a live token", async () => {
    const token = await rwt.sign(ada, { subject: freshSubject() });
    await rwt.destroy(token);
    for (const dead of [token, "rwt_junk", "", null, undefined]) expect(await rwt.rotate(dead)).toBeNull();
  });
});
