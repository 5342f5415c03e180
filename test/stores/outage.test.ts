import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const secret = "a secret of the tests, 32 bytes or more";
const timeout = 1000;

describe.each(storeKinds(redis, rest))("Redis is killed in the middle and comes back: $name", ({ open }) => {
  test("each call meanwhile is an error within the timeout, a 503 in HTTP, and afterwards all works", async () => {
    const rwt = createRwt({ store: open({ timeout }), secret });
    const app = new Hono();
    app.get("/private", rwtAuth({ rwt }), (c) => c.text("in"));
    const visit = async (token: string) =>
      app.request("/private", { headers: { Authorization: `Bearer ${token}` } });

    const before = await rwt.sign("before");
    expect((await visit(before)).status).toBe(200);
    await redis.kill();
    try {
      const started = Date.now();
      const calls = [
        rwt.verify(before),
        rwt.sign("during"),
        rwt.extend(before),
        rwt.destroy(before),
        rwt.connect(),
      ];
      for (const { status, ...outcome } of await Promise.allSettled(calls)) {
        expect(status).toBe("rejected");
        expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(StoreUnavailableError);
      }
      // Generous: it tells "within the timeout" from "for as long as Redis is gone".
      expect(Date.now() - started).toBeLessThan(timeout * 4);
      const response = await visit(before);
      expect(response.status).toBe(503);
      expect(response.headers.get("Retry-After")).toBe("5");
      expect(response.headers.get("WWW-Authenticate")).toBeNull();
    } finally {
      await redis.restart();
    }
    const after = await rwt.sign("after");
    expect((await rwt.verify(after))?.data).toBe("after");
    expect((await visit(after)).status).toBe(200);
    // The server came back empty: now it is known that this one is no more.
    expect(await rwt.verify(before)).toBeNull();
    expect((await visit(before)).status).toBe(401);
  });
});
