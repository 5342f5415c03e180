import { describe, expect, test, vi } from "vitest";
import { TimeIsUp, TimeLimit } from "../../src/lib/time-limit.ts";
import { ownedClient } from "../../src/stores/owned-client.ts";

/** A client that answers when it is told to; the first is called 1, the one after it 2. */
function clients() {
  let made = 0;
  const closeNow = vi.fn();
  const ended = new Set<number>();
  const client = ownedClient(1000, {
    open: async () => ++made,
    closeGently: async () => {},
    closeNow,
    hasEnded: (which: number) => ended.has(which),
  });
  /** Sends something; what is given ends the wait for it, or answers it. */
  async function send() {
    const limit = new TimeLimit();
    let [by, answer] = [0, () => {}];
    const done = client.use(limit, async (which) => {
      by = which;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
    });
    await vi.waitUntil(() => by > 0);
    return { by, done, answer, giveUp: (reason: unknown) => limit.end(reason) };
  }
  return { client, closeNow, ended, send };
}

describe("a connection on which a call runs out of time", () => {
  test("is left where nothing was heard on it, once for all calls of the moment", async () => {
    const { closeNow, send } = clients();
    const calls = [await send(), await send(), await send()];
    for (const { giveUp } of calls) giveUp(new TimeIsUp());
    expect(closeNow.mock.calls).toEqual([[1]]);
    expect((await send()).by).toBe(2);
    // One that began on the old connection says nothing of the new.
    calls[0]?.answer();
    await calls[0]?.done;
    expect(closeNow).toHaveBeenCalledOnce();
  });

  test("is kept where another call was answered meanwhile", async () => {
    const { closeNow, send } = clients();
    const [quick, slow] = [await send(), await send()];
    quick.answer();
    await quick.done;
    slow.giveUp(new TimeIsUp());
    expect(closeNow).not.toHaveBeenCalled();
    expect((await send()).by).toBe(1);
  });

  test("is kept where it was the caller who gave up", async () => {
    const { closeNow, send } = clients();
    (await send()).giveUp(new Error("gave up"));
    expect(closeNow).not.toHaveBeenCalled();
    expect((await send()).by).toBe(1);
  });

  test("is the old one, never the one that has taken its place", async () => {
    const { client, closeNow, send } = clients();
    const old = await send();
    await client.close();
    closeNow.mockClear();
    expect((await send()).by).toBe(2);
    old.giveUp(new TimeIsUp());
    expect(closeNow).not.toHaveBeenCalled();
    expect((await send()).by).toBe(2);
  });
});

test("a client that has ended is forgotten with the call that found it so", async () => {
  const { ended, send } = clients();
  const call = await send();
  ended.add(1);
  call.answer();
  await call.done;
  expect((await send()).by).toBe(2);
});
