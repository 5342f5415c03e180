import { expect, test, vi } from "vitest";
import { createBackground } from "../../src/lib/background.ts";

test("work starts at once, and its errors are ignored", async () => {
  const background = createBackground();
  const worked = vi.fn();
  background.start(async () => worked("first"));
  background.start(() => {
    throw new Error("at once");
  });
  background.start(async () => Promise.reject(new Error("later")));
  await vi.waitFor(() => expect(worked).toHaveBeenCalledWith("first"));
});

test("stop aborts all work, but not work that starts afterwards", async () => {
  const background = createBackground();
  const signals: AbortSignal[] = [];
  const work = async ({ signal }: { readonly signal: AbortSignal }) => {
    signals.push(signal);
    await new Promise(() => {});
  };
  background.start(work);
  background.start(work);
  await vi.waitFor(() => expect(signals).toHaveLength(2));
  background.stop();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  background.start(work);
  await vi.waitFor(() => expect(signals).toHaveLength(3));
  expect(signals[2]?.aborted).toBe(false);
});

test("work that never settles, such as what a Worker's request leaves behind, isn't kept forever", () => {
  const background = createBackground();
  const signals: AbortSignal[] = [];
  for (let i = 0; i < 1100; i++)
    background.start(({ signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
  background.stop();
  expect(signals.filter(({ aborted }) => !aborted)).toHaveLength(100);
});
