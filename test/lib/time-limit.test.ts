import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { TimeIsUp, withTimeLimit } from "../../src/lib/time-limit.ts";

const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
const never = () => new Promise<never>(() => {});

test("returns the work's result, and leaves no timer and no listener behind", async () => {
  const { signal } = new AbortController();
  const before = timers();
  expect(await withTimeLimit(60_000, signal, async () => "done")).toBe("done");
  await expect(withTimeLimit(60_000, signal, () => Promise.reject(new Error("broken")))).rejects.toThrow(
    "broken",
  );
  expect(timers()).toBe(before);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("rejects when time is up, aborts the work, and leaves no listener behind, even if the work goes on", async () => {
  const { signal } = new AbortController();
  let told: AbortSignal | undefined;
  const hanging = withTimeLimit(10, signal, (limit) => {
    told = limit.signal;
    return never();
  });
  await expect(hanging).rejects.toBeInstanceOf(TimeIsUp);
  expect(told?.aborted).toBe(true);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("rejects with the caller's reason when the caller aborts, and leaves no timer behind", async () => {
  const before = timers();
  const controller = new AbortController();
  let told: AbortSignal | undefined;
  const hanging = withTimeLimit(60_000, controller.signal, (limit) => {
    told = limit.signal;
    return never();
  });
  const reason = { any: "value" };
  controller.abort(reason);
  await expect(hanging).rejects.toBe(reason);
  expect(told?.reason).toBe(reason);
  expect(timers()).toBe(before);
});

test("does nothing if the caller has already aborted", async () => {
  let ran = false;
  const work = async () => {
    ran = true;
  };
  await expect(withTimeLimit(10, AbortSignal.abort("early"), work)).rejects.toBe("early");
  expect(ran).toBe(false);
});

test("many calls that share a signal add a single listener, since Node 20 warns about the eleventh, and all are aborted", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const hanging = Array.from({ length: 20 }, () => withTimeLimit(60_000, signal, never));
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  await withTimeLimit(60_000, signal, async () => "done");
  expect(getEventListeners(signal, "abort")).toHaveLength(1);
  controller.abort(new Error("gave up"));
  for (const call of await Promise.allSettled(hanging))
    expect(call).toMatchObject({ status: "rejected", reason: { message: "gave up" } });
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});

test("each reading of a limit's signal gives another one, and all abort, even one that is read late", async () => {
  const told: AbortSignal[] = [];
  const hanging = withTimeLimit(10, undefined, (limit) => {
    told.push(limit.signal, limit.signal);
    limit.onOver(() => told.push(limit.signal));
    return never();
  });
  const error = await hanging.catch((error: unknown) => error);
  expect(new Set(told).size).toBe(3);
  for (const signal of told) expect([signal.aborted, signal.reason]).toEqual([true, error]);
});

test("a listener that is taken back isn't called", async () => {
  const called: string[] = [];
  const hanging = withTimeLimit(10, undefined, (limit) => {
    limit.onOver(() => called.push("taken back"))();
    limit.onOver(() => called.push("left"));
    return never();
  });
  await expect(hanging).rejects.toBeInstanceOf(TimeIsUp);
  expect(called).toEqual(["left"]);
});
