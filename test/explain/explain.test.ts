import { afterEach, describe, expect, test } from "vitest";
import { explainToken } from "../../src/explain/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { benches, freshSubject, secret, serviceOn } from "../sessions/fixture.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";

describe.each(await benches())("why a token isn't live: $name", (bench) => {
  const { store, time, admin } = bench;
  const options = { store, secret, now: time.now };
  afterEach(() => admin?.flushall());

  test("a live one, by the id that list gives, and without extending it", async () => {
    const rwt = serviceOn(bench, { verifyExtendsToken: true });
    const subject = freshSubject();
    const token = await rwt.sign({ mail: "ada@example.com" }, { subject, expire: 600, meta: { at: "home" } });
    const before = await explainToken({ ...options, verifyExtendsToken: true }, token);
    const [listed] = (await rwt.list(subject)).sessions;
    expect(before).toEqual({
      status: "live",
      reason: "It is live.",
      id: listed?.id,
      secret: 0,
      subject,
      issuedAt: listed?.issuedAt,
      deadline: listed?.deadline,
      expire: 600,
      idle: expect.any(Number),
    });
    await time.advance(100);
    const later = await explainToken({ ...options, verifyExtendsToken: true }, token);
    expect((before.idle ?? 0) - (later.idle ?? 0)).toBeGreaterThanOrEqual(99);
    expectNoLeak([before, later], { token, secret, mail: "ada@example.com" });
  });

  test("one without a subject has none in its explanation", async () => {
    const token = await serviceOn(bench).sign(1);
    expect(await explainToken(options, token)).not.toHaveProperty("subject");
  });

  test("ended, and idle too long: unknown to Redis, with the id that it had", async () => {
    const rwt = serviceOn(bench);
    const [ended, idle] = [await rwt.sign(1), await rwt.sign(2, { expire: 60 })];
    const { id } = await explainToken(options, ended);
    await rwt.destroy(ended);
    await time.advance(61);
    expect(await explainToken(options, ended)).toMatchObject({ status: "unknown", id });
    const explanation = await explainToken(options, idle);
    expect(explanation).toMatchObject({ status: "unknown", expire: 60, reason: /ended, lay idle/ });
    expectNoLeak(explanation, { token: idle, secret });
  });

  test("another prefix's", async () => {
    const token = await serviceOn(bench, { prefix: "other:" }).sign(1);
    expect(await explainToken(options, token)).toMatchObject({ status: "unknown" });
    expect(await explainToken({ ...options, prefix: "other:" }, token)).toMatchObject({ status: "live" });
  });

  test("past its deadline, and not by a second sooner", async () => {
    const token = await createRwt({ ...options, maxLifetime: 100, expire: 100 }).sign(1);
    expect((await explainToken(options, token)).status).toBe("live");
    await time.advance(101);
    expect(await explainToken(options, token)).toMatchObject({ status: "expired", expire: 100, secret: 0 });
  });

  test("rotated away: live within its grace, and nothing leads to its successor", async () => {
    const rwt = serviceOn(bench);
    const old = await rwt.sign(1, { subject: freshSubject() });
    const fresh = (await rwt.rotate(old, { grace: 30 })) ?? expect.fail("not rotated");
    expect((await explainToken(options, old)).status).toBe("live");
    await time.advance(60);
    const explanation = await explainToken(options, old);
    expect(explanation.status).toBe("rotated");
    expectNoLeak(explanation, { old, fresh, body: fresh.slice(4, 40) });
    // It was no use of the old token, which would have ended the session.
    expect((await rwt.verify(fresh))?.data).toBe(1);
    expect(rwt.events).toEqual([]);
  });
});

test("an outage is an outage, and no answer", async () => {
  const redis = await ownRedis();
  const store = ioredisStore(redis.url, { timeout: 500 });
  atEnd(() => store.disconnect());
  const token = await createRwt({ store, secret }).sign(1);
  await redis.kill();
  await expect(explainToken({ store, secret }, token)).rejects.toThrow(StoreUnavailableError);
});
