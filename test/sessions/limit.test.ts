import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, expectExpiries, freshSubject, secret, serviceOn } from "./fixture.ts";
import { keysOf, personKeysOf, rawOf } from "./values.ts";

const all = await benches();

describe.each(all)("maxSessions: $name", (bench) => {
  const { store, time, admin } = bench;
  const plain = createRwt({ store, secret, now: time.now });
  const two = serviceOn(bench, { maxSessions: 2 });
  const strict = serviceOn(bench, { maxSessions: 2, onLimit: "reject" });
  const raw = rawOf(store);
  const refused = { code: "ERR_RWT_SESSION_LIMIT" };
  const dataOf = async (token: string | null | undefined) => (await plain.verify(token))?.data;
  afterEach(() => expectExpiries(admin));

  test("ends those whose deadline is nearest, or refuses", async () => {
    const subject = freshSubject();
    const tokens: string[] = [];
    for (let i = 0; i < 4; i++) {
      tokens.push(await two.sign(i, { subject }));
      await time.advance(1);
    }
    expect(await Promise.all(tokens.map(dataOf))).toEqual([undefined, undefined, 2, 3]);
    await expect(strict.sign(4, { subject })).rejects.toMatchObject(refused);
    await expect(strict.sign(4, { subject })).rejects.toThrow("already has 2 sessions");
    expect(await Promise.all(tokens.map(dataOf))).toEqual([undefined, undefined, 2, 3]);
    await strict.destroy(tokens[2]);
    expect(await dataOf(await strict.sign(5, { subject }))).toBe(5);
    await expect(strict.sign(6, { subject })).rejects.toMatchObject(refused);
    // Without a subject, nothing is counted.
    expect(await dataOf(await strict.sign("without a subject"))).toBe("without a subject");
  });

  test("doesn't count ended sessions: destroyed, idle, past the deadline, evicted, or ended by destroyAll", async () => {
    const endings: ((subject: string, token: string) => Promise<unknown>)[] = [
      (_, token) => strict.destroy(token),
      async (subject, token) => strict.destroyById(subject, (await strict.idOf(token)) ?? ""),
      () => time.advance(4000),
      async (_, token) => raw.delete((await keysOf(token)).session),
      (subject) => strict.destroyAll(subject),
      async (_, token) => raw.delete((await personKeysOf(token)).person),
    ];
    for (const end of endings) {
      const subject = freshSubject();
      for (const i of [1, 2]) {
        const token = await strict.sign(i, { subject });
        await end(subject, token);
      }
      const [one, other] = [await strict.sign(3, { subject }), await strict.sign(4, { subject })];
      expect([await dataOf(one), await dataOf(other)]).toEqual([3, 4]);
      await expect(strict.sign(5, { subject })).rejects.toMatchObject(refused);
    }
    const subject = freshSubject();
    const short = serviceOn(bench, { maxLifetime: 50, maxSessions: 1, onLimit: "reject" });
    await short.sign(1, { subject });
    await expect(short.sign(2, { subject })).rejects.toMatchObject(refused);
    await time.advance(50);
    expect(await dataOf(await short.sign(3, { subject }))).toBe(3);
  });

  test("counts a session once, however often it rotated", async () => {
    const subject = freshSubject();
    let [one, other] = [await strict.sign(1, { subject }), await strict.sign(2, { subject })];
    for (let i = 0; i < 3; i++)
      [one, other] = [(await two.rotate(one)) ?? "", (await two.rotate(other)) ?? ""];
    await expect(strict.sign(3, { subject })).rejects.toMatchObject(refused);
    await two.destroy(other);
    expect(await dataOf(await strict.sign(4, { subject }))).toBe(4);
    expect(await dataOf(one)).toBe(1);
  });

  test("isn't lifted by the loss of the index", async () => {
    const subject = freshSubject();
    const tokens = [await two.sign(1, { subject }), await two.sign(2, { subject })];
    const { index } = await personKeysOf(tokens[0] ?? "");
    for (const service of [two, strict]) {
      await raw.delete(index);
      tokens.push(await service.sign(3, { subject }), await service.sign(4, { subject }));
      // It is unknown how many there were, so all of them end.
      const living = await Promise.all(tokens.map(dataOf));
      expect(living.filter((data) => data !== undefined)).toEqual([3, 4]);
      await expect(strict.sign(5, { subject })).rejects.toMatchObject(refused);
    }
  });

  test("reduces the sessions of a person who had many, signed by services without a limit", async () => {
    const subject = freshSubject();
    for (let i = 0; i < 30; i++) await plain.sign(i, { subject });
    await expect(strict.sign(30, { subject })).rejects.toMatchObject(refused);
    await time.advance(1);
    const last = await two.sign(31, { subject });
    const { sessions } = await two.list(subject, { current: last });
    expect([sessions.length, sessions[0]?.current]).toEqual([2, true]);
  });

  test("holds for concurrent sign-ins", async () => {
    const subject = freshSubject();
    await Promise.all(Array.from({ length: 20 }, (_, i) => two.sign(i, { subject })));
    expect((await two.list(subject)).sessions).toHaveLength(2);
    const last = await two.sign("last", { subject });
    expect((await two.list(subject)).sessions).toHaveLength(2);
    expect(await dataOf(last)).toBe("last");
  });

  test("gives a new session its own data, whatever updateAll wrote before", async () => {
    const subject = freshSubject();
    const tokens: string[] = [];
    for (let i = 0; i < 3; i++) {
      tokens.push(await two.sign(i, { subject }));
      if (i === 0) await two.updateAll(subject, "all");
      await time.advance(1);
    }
    expect(await Promise.all(tokens.map(dataOf))).toEqual([undefined, 1, 2]);
    await two.updateAll(subject, "again");
    expect(await Promise.all(tokens.map(dataOf))).toEqual([undefined, "again", "again"]);
  });
});
