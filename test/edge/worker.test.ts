import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { startEdgeWorker } from "./start-worker.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const secret = "a secret that Node and workerd share, of 32 bytes";

const call = await startEdgeWorker(rest, secret);
afterEach(() => rest.faults.reset());

describe("a token crosses between Node over TCP and workerd over HTTP, through one Redis", () => {
  const node = createRwt({ store: ioredisStore(redis.url), secret });
  atEnd(() => node.disconnect());

  test("signed on Node; verified, extended and destroyed in workerd", async () => {
    const token = await node.sign({ from: "Node" });
    expect(await call("verify", { token })).toMatchObject({ data: { from: "Node" } });
    expect(await call("extend", { token })).toBe(true);
    expect(await call("destroy", { token })).toBe(true);
    expect(await node.verify(token)).toBeNull();
  });

  test("signed in workerd; verified, extended and destroyed on Node", async () => {
    const token = String(await call("sign", { data: JSON.stringify("workerd") }));
    expect(await node.verify(token)).toMatchObject({ data: "workerd" });
    expect(await node.extend(token)).toBe(true);
    expect(await node.destroy(token)).toBe(true);
    expect(await call("verify", { token })).toBeNull();
  });
});

describe("concurrent requests over one service object in workerd", () => {
  test("100 requests, a third of them cancelled in flight: all others get the right answer, and so do later ones", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 100 }, (_, i) => call("sign", { data: JSON.stringify(`user ${i}`) })),
    );
    expect(new Set(tokens).size).toBe(100);
    // Long enough for all to be pending together, and for the cancelled ones to end before their answers arrive.
    rest.faults.latencyMs = 300;
    const outcomes = await Promise.allSettled(
      tokens.map((token, i) => {
        const controller = new AbortController();
        if (i % 3 === 0) setTimeout(() => controller.abort(), 50 + i);
        return call("verify", { token: String(token) }, controller.signal);
      }),
    );
    outcomes.forEach((outcome, i) => {
      if (i % 3 === 0) expect(outcome).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
      else expect(outcome).toMatchObject({ status: "fulfilled", value: { data: `user ${i}` } });
    });
    rest.faults.reset();
    for (const [i, token] of tokens.entries()) {
      if (i % 10 === 0)
        expect(await call("verify", { token: String(token) })).toMatchObject({ data: `user ${i}` });
    }
  });

  test("verifies are batched within a request, but never across requests, even if some are cancelled", async () => {
    const tokens: string[] = [];
    for (let i = 0; i < 8; i++) tokens.push(String(await call("sign", { data: JSON.stringify(i) })));
    rest.requests.reset();
    rest.faults.latencyMs = 200;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, i) => {
        const controller = new AbortController();
        if (i % 3 === 0) setTimeout(() => controller.abort(), 100);
        return call(
          "verify-all",
          { token: tokens.join(" "), slide: i % 2 ? "no" : "yes" },
          controller.signal,
        );
      }),
    );
    rest.faults.reset();
    for (const [i, outcome] of outcomes.entries()) {
      if (i % 3 === 0) expect(outcome).toMatchObject({ status: "rejected", reason: { name: "AbortError" } });
      else expect(outcome).toMatchObject({ status: "fulfilled", value: tokens.map((_, data) => ({ data })) });
    }
    expect(rest.requests.total.requests).toBe(30);
  });

  test("if the very first request, which creates keys and client, is cancelled, all others get their answers", async () => {
    const callFresh = await startEdgeWorker(rest, secret);
    const token = await createRwt({
      store: upstashStore({ url: rest.url, token: rest.token }),
      secret,
    }).sign("first");
    rest.faults.latencyMs = 200;
    const controller = new AbortController();
    const first = callFresh("verify", { token }, controller.signal);
    setTimeout(() => controller.abort(), 60);
    const others = Promise.all(Array.from({ length: 20 }, () => callFresh("verify", { token })));
    await expect(first).rejects.toThrow();
    for (const session of await others) expect(session).toMatchObject({ data: "first" });
  });

  test("if the connection breaks for some, only those fail", async () => {
    const token = String(await call("sign", { data: JSON.stringify("steady") }));
    rest.faults.dropBefore = { value: true, times: 10 };
    const answers = await Promise.all(Array.from({ length: 40 }, () => call("verify", { token })));
    const failed = answers.filter((answer) => (answer as { reason?: string }).reason === "network");
    expect(failed).toHaveLength(10);
    for (const answer of answers) {
      if (!failed.includes(answer)) expect(answer).toMatchObject({ data: "steady" });
    }
  });

  test("a store that never answers is an error after the timeout, not a hanging request", async () => {
    const token = String(await call("sign", { data: "1" }));
    rest.faults.hang = true;
    expect(await call("verify", { token })).toEqual({ reason: "timeout" });
  });
});
