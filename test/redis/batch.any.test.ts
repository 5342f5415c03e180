import { expect, test } from "vitest";
import { afterMicrotasks, createBatch } from "../../src/redis/batch.ts";

/** A schedule that runs when it is told. */
function manual() {
  const waiting: (() => void)[] = [];
  return {
    schedule: (work: () => void) => waiting.push(work),
    run: () => waiting.shift()?.(),
    waiting: () => waiting.length,
  };
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("what comes in before the schedule runs is sent as one batch, in its order", () => {
  const gather = manual();
  const sent: number[][] = [];
  const add = createBatch<number>({
    schedule: gather.schedule,
    chunkOf: () => 10,
    dispatch: (requests) => sent.push([...requests]),
  });
  for (const each of [1, 2, 3]) add(each);
  expect([sent, gather.waiting()]).toEqual([[], 1]);
  gather.run();
  expect(sent).toEqual([[1, 2, 3]]);
});

test("what comes in while a batch is sent belongs to the next one", () => {
  const gather = manual();
  const sent: number[][] = [];
  const add = createBatch<number>({
    schedule: gather.schedule,
    chunkOf: () => 10,
    dispatch(requests) {
      sent.push([...requests]);
      if (requests.includes(1)) add(2);
    },
  });
  add(1);
  gather.run();
  expect(sent).toEqual([[1]]);
  gather.run();
  expect(sent).toEqual([[1], [2]]);
  expect(gather.waiting()).toBe(0);
});

test("a batch is split into chunks, whose size depends on the batch's", () => {
  const gather = manual();
  const sent: number[] = [];
  const sizes: number[] = [];
  const add = createBatch<number>({
    schedule: gather.schedule,
    chunkOf(size) {
      sizes.push(size);
      return Math.ceil(size / 3);
    },
    dispatch: (requests) => sent.push(requests.length),
  });
  numbers(10).forEach(add);
  gather.run();
  expect([sizes, sent]).toEqual([[10], [4, 4, 2]]);
});

test("chunks are parted by a schedule of their own, where there is one", () => {
  const [gather, between] = [manual(), manual()];
  const sent: number[][] = [];
  const add = createBatch<number>({
    schedule: gather.schedule,
    chunkOf: () => 2,
    between: between.schedule,
    dispatch: (requests) => sent.push([...requests]),
  });
  numbers(5).forEach(add);
  gather.run();
  expect([sent, between.waiting()]).toEqual([[[0, 1]], 1]);
  between.run();
  between.run();
  expect([sent, between.waiting()]).toEqual([[[0, 1], [2, 3], [4]], 0]);
});

test("microtasks all belong to the tick: no timer and no event comes in between", async () => {
  const order: string[] = [];
  const timer = new Promise<void>((resolve) => {
    setTimeout(() => {
      order.push("timer");
      resolve();
    }, 0);
  });
  afterMicrotasks(16)(() => order.push("batch"));
  for (let i = 0; i < 15; i++) await undefined;
  expect(order).toEqual([]);
  await timer;
  expect(order).toEqual(["batch", "timer"]);
});
