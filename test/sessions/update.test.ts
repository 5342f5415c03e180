import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, expectExpiries, freshSubject, secret, serviceOn } from "./fixture.ts";

const all = await benches();

interface Cart {
  readonly count: number;
  readonly role?: string;
}

describe.each(all)("update: $name", (bench) => {
  const { store, time, admin } = bench;
  const rwt = serviceOn(bench);
  const carts = serviceOn<Cart>(bench);
  const plain = createRwt({ store, secret, now: time.now });
  const dataOf = async (token: string | null) => (await plain.verify(token))?.data;
  afterEach(() => expectExpiries(admin));

  test("replaces a session's data, and leaves its token, its lifetime and everything else", async () => {
    for (const subject of [undefined, freshSubject()]) {
      const meta = { empty: [], deep: { data: "not this one", '"data"': [{}, []] }, big: 9007199254740991 };
      const token = await rwt.sign('"data":{"x":[1,2}\n{}\n\u2028', { subject, meta, expire: 600 });
      expect(await dataOf(token)).toBe('"data":{"x":[1,2}\n{}\n\u2028');
      await time.advance(100);
      for (const data of ['Zoë \\ " }{][', "", null, { a: [1, "\u2028\n"] }]) {
        expect(await rwt.update(token, data)).toBe(true);
        expect(await plain.verify(token)).toMatchObject({ data, meta, expire: 600 });
      }
      if (subject !== undefined) expect((await rwt.list(subject)).sessions[0]?.idle).toBeLessThanOrEqual(500);
      await time.advance(499);
      expect(await dataOf(token)).toEqual({ a: [1, "\u2028\n"] });
      await rwt.destroy(token);
      expect([await rwt.update(token, 1), await rwt.update(token, () => 1)]).toEqual([false, false]);
      expect(await plain.verify(token)).toBeNull();
    }
  });

  test("accepts only JSON, also from a function, and writes nothing otherwise", async () => {
    const token = await rwt.sign(1);
    const refused = { code: "ERR_RWT_DATA_NOT_JSON" };
    await expect(rwt.update(token, Number.NaN)).rejects.toMatchObject(refused);
    await expect(rwt.update(token, () => undefined)).rejects.toMatchObject(refused);
    await expect(rwt.updateAll(freshSubject(), 1n)).rejects.toMatchObject(refused);
    await expect(
      rwt.update(token, () => {
        throw new Error("of the function");
      }),
    ).rejects.toThrow("of the function");
    expect(await dataOf(token)).toBe(1);
  });

  test("with a function loses none of those that run at the same time", async () => {
    for (const subject of [undefined, freshSubject()]) {
      const token = await carts.sign({ count: 0 }, { subject });
      const add = ({ count }: Cart) => ({ count: count + 1 });
      const done = await Promise.all(Array.from({ length: 25 }, () => carts.update(token, add)));
      expect([done.every(Boolean), await dataOf(token)]).toEqual([true, { count: 25 }]);
    }
  });

  test("with a function undoes nothing that happens while it runs", async () => {
    type Meanwhile = (token: string, subject: string) => Promise<unknown>;
    const cases: [Meanwhile, unknown][] = [
      [(_, subject) => carts.updateAll(subject, { count: 10, role: "user" }), { count: 11, role: "user" }],
      [(token) => carts.update(token, { count: 20 }), { count: 21 }],
      [
        async (token, subject) => {
          await carts.updateAll(subject, { count: 10 });
          await carts.update(token, { count: 30 });
        },
        { count: 31 },
      ],
      [(token) => carts.rotate(token), { count: 2, role: "admin" }],
      [(token) => carts.destroy(token), undefined],
      [(_, subject) => carts.destroyAll(subject), undefined],
      [(token, subject) => carts.destroyAll(subject, { except: token }), { count: 2, role: "admin" }],
    ];
    for (const [meanwhile, expected] of cases) {
      const subject = freshSubject();
      const token = await carts.sign({ count: 1, role: "admin" }, { subject });
      let calls = 0;
      const done = await carts.update(token, async (cart) => {
        if (calls++ === 0) await meanwhile(token, subject);
        return { ...cart, count: cart.count + 1 };
      });
      expect([done, await dataOf(token)]).toEqual([expected !== undefined, expected]);
      expect(calls).toBeLessThanOrEqual(2);
    }
  });

  test("gives up after as many retries as allowed, with a code of its own, and has written nothing", async () => {
    const conflict = { name: "UpdateConflictError", code: "ERR_RWT_UPDATE_CONFLICT" };
    const token = await rwt.sign(0, { subject: freshSubject() });
    for (const retries of [0, 3]) {
      let calls = 0;
      const losing = rwt.update(
        token,
        async () => {
          await rwt.update(token, `other ${++calls}`);
          return "mine";
        },
        { retries },
      );
      await expect(losing).rejects.toMatchObject(conflict);
      expect([calls, await dataOf(token)]).toEqual([retries + 1, `other ${retries + 1}`]);
    }
    for (const [retries, code] of [
      [-1, "ERR_RWT_OPTION_RANGE"],
      [10_001, "ERR_RWT_OPTION_RANGE"],
      [0.5, "ERR_RWT_OPTION_RANGE"],
      ["1", "ERR_RWT_OPTION_TYPE"],
    ]) {
      const wrong = { retries } as { retries: number };
      await expect(rwt.update(token, () => 1, wrong)).rejects.toMatchObject({ option: "retries", code });
      await expect(rwt.updateAll("x", () => 1, wrong)).rejects.toMatchObject({ option: "retries", code });
    }
    const without = { option: "retries", code: "ERR_RWT_OPTION_RANGE" };
    await expect(rwt.update(token, 1, { retries: 1 })).rejects.toMatchObject(without);
    await expect(rwt.updateAll("x", 1, { retries: 1 })).rejects.toMatchObject(without);
  });

  test("updateAll with a function: the last write is of the last load, however many run at once", async () => {
    const subject = freshSubject();
    const token = await rwt.sign("own", { subject });
    let database = 0;
    const changes = Array.from({ length: 20 }, async () => {
      database++;
      return rwt.updateAll(subject, async () => {
        const loaded = database;
        // The write comes later than the load.
        await plain.verify(token);
        return loaded;
      });
    });
    expect((await Promise.all(changes)).every(Boolean)).toBe(true);
    expect(await dataOf(token)).toBe(20);
  });

  test("updateAll with a function loads again if all sessions ended meanwhile, and changes no later one with old data", async () => {
    const subject = freshSubject();
    await rwt.sign("old", { subject });
    const later: string[] = [];
    let loads = 0;
    await rwt.updateAll(subject, async () => {
      if (loads++ === 0) {
        await rwt.destroyAll(subject);
        later.push(await rwt.sign("later", { subject }));
      }
      return `load ${loads}`;
    });
    expect([loads, await dataOf(later[0] ?? null)]).toEqual([2, "load 2"]);
    await expect(rwt.updateAll(subject, () => Number.NaN)).rejects.toMatchObject({
      code: "ERR_RWT_DATA_NOT_JSON",
    });
  });

  test("loses no concurrent update during an updateAll: later ones build on it", async () => {
    const subject = freshSubject();
    const token = await carts.sign({ count: 0, role: "admin" }, { subject });
    /** The number of functions that counted in the end and saw updateAll's data. */
    let after = 0;
    const add = async () => {
      let sawUser = false;
      await carts.update(token, (cart) => {
        sawUser = cart.role === "user";
        return { ...cart, count: cart.count + 1 };
      });
      if (sawUser) after++;
    };
    await Promise.all([
      ...Array.from({ length: 10 }, add),
      carts.updateAll(subject, { count: 1000, role: "user" }),
      ...Array.from({ length: 10 }, add),
    ]);
    expect(await dataOf(token)).toEqual({ count: 1000 + after, role: "user" });
    expect(after).toBeGreaterThan(0);
  });

  test("updateAll changes all sessions at once, also those that rotate meanwhile, but not later sign-ins", async () => {
    const subject = freshSubject();
    const before = await Promise.all([1, 2, 3].map((i) => rwt.sign(i, { subject })));
    const other = await rwt.sign("other", { subject: freshSubject() });
    const rotating = before.map((token) => rwt.rotate(token));
    expect(await rwt.updateAll(subject, "all")).toBe(true);
    const rotated = await Promise.all(rotating);
    for (const token of [...before, ...rotated]) expect(await dataOf(token)).toBe("all");
    const later = await rwt.sign("later", { subject });
    const next = await rwt.rotate(rotated[0]);
    expect([await dataOf(later), await dataOf(next), await dataOf(other)]).toEqual(["later", "all", "other"]);
    expect(await rwt.update(next, "own")).toBe(true);
    expect([await dataOf(next), await dataOf(rotated[1] ?? null)]).toEqual(["own", "all"]);
    expect(await rwt.updateAll(subject, "again")).toBe(true);
    for (const token of [next, rotated[1] ?? null, later]) expect(await dataOf(token)).toBe("again");
    expect(await rwt.updateAll(freshSubject(), "nobody")).toBe(false);
  });
});
