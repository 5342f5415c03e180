/** When `update` and `updateAll` call their function, and when they stop. */
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { benches, freshSubject, secret, serviceOn } from "./fixture.ts";

const all = await benches();

interface Cart {
  readonly count: number;
}

describe.each(all)("a function for update: $name", (bench) => {
  const { store, time } = bench;
  const rwt = serviceOn(bench);
  const carts = serviceOn<Cart>(bench);
  const plain = createRwt({ store, secret, now: time.now });
  const dataOf = async (token: string | null) => (await plain.verify(token))?.data;

  test("calls no function for a token that was rotated away, and one that is still live", async () => {
    const seen: number[] = [];
    const add = ({ count }: Cart) => {
      seen.push(count);
      return { count: count + 1 };
    };
    for (const subject of [undefined, freshSubject()]) {
      seen.length = 0;
      const first = await carts.sign({ count: 0 }, { subject });
      const second = await carts.rotate(first, { grace: 60 });
      expect([await carts.update(first, add), await carts.update(second, add)]).toEqual([true, true]);
      expect([await carts.update(first, add), seen]).toEqual([true, [0, 1, 2]]);
      await time.advance(61);
      expect([await carts.update(first, add), seen]).toEqual([false, [0, 1, 2]]);
      const third = await carts.rotate(second, { retry: false });
      expect([await carts.update(second, add), await carts.update(first, add)]).toEqual([false, false]);
      expect([await carts.update(third, add), seen]).toEqual([true, [0, 1, 2, 3]]);
    }
  });

  test("ends between two attempts when its signal aborts", async () => {
    const token = await rwt.sign(0);
    const controller = new AbortController();
    const losing = rwt.update(
      token,
      async () => {
        await rwt.update(token, "other");
        controller.abort(new Error("enough"));
        return "mine";
      },
      { signal: controller.signal },
    );
    await expect(losing).rejects.toThrow("enough");
    expect(await dataOf(token)).toBe("other");
  });

  test("ends when its signal aborts while the function runs, and writes nothing", async () => {
    const subject = freshSubject();
    const token = await rwt.sign(0, { subject });
    for (const call of [
      (how: () => Promise<unknown>, signal: AbortSignal) => rwt.update(token, how, { signal }),
      (how: () => Promise<unknown>, signal: AbortSignal) => rwt.updateAll(subject, how, { signal }),
    ]) {
      const controller = new AbortController();
      let finish = (_: unknown): void => {};
      const slow = (): Promise<unknown> =>
        new Promise((resolve) => {
          finish = resolve;
          controller.abort(new Error("enough"));
        });
      await expect(call(slow, controller.signal)).rejects.toThrow("enough");
      finish("late");
      expect(await dataOf(token)).toBe(0);
    }
  });
});
