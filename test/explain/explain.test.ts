import { afterEach, describe, expect, test } from "vitest";
import { encryption } from "../../src/encryption/index.ts";
import { explainToken } from "../../src/explain/index.ts";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { benches, eventsOf, freshSubject, secret, serviceOn } from "../sessions/fixture.ts";
import { atEnd } from "../support/at-end.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis } from "../support/servers.ts";

describe.each(await benches())("why a token isn't live: $name", (bench) => {
  const { store, time, admin } = bench;
  const options = { store, secret, now: time.now };
  const plain = createRwt(options);
  afterEach(() => admin?.flushall());

  test("live: with the id that list shows, and without extending the session", async () => {
    const rwt = serviceOn(bench, { verifyExtendsToken: true });
    const subject = freshSubject();
    const token = await rwt.sign({ mail: "ada@example.com" }, { subject, expire: 600, meta: { at: "home" } });
    const before = await explainToken(rwt, token);
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
    const later = await explainToken(rwt, token);
    expect((before.idle ?? 0) - (later.idle ?? 0)).toBeGreaterThanOrEqual(99);
    expectNoLeak([before, later], { token, secret, mail: "ada@example.com" });
  });

  test("live without a subject: the explanation has none either", async () => {
    const token = await serviceOn(bench).sign(1);
    expect(await explainToken(plain, token)).not.toHaveProperty("subject");
  });

  test("ended or idled out: unknown to Redis, with its id", async () => {
    const rwt = serviceOn(bench);
    const [ended, idle] = [await rwt.sign(1), await rwt.sign(2, { expire: 60 })];
    const { id } = await explainToken(plain, ended);
    await rwt.destroy(ended);
    await time.advance(61);
    expect(await explainToken(plain, ended)).toMatchObject({ status: "unknown", id });
    const explanation = await explainToken(plain, idle);
    expect(explanation).toMatchObject({
      status: "unknown",
      expire: 60,
      reason: /ended, expired or was evicted/,
    });
    expectNoLeak(explanation, { token: idle, secret });
  });

  test("of another prefix: unknown", async () => {
    const other = serviceOn(bench, { prefix: "other:" });
    const token = await other.sign(1);
    expect(await explainToken(plain, token)).toMatchObject({ status: "unknown" });
    expect(await explainToken(other, token)).toMatchObject({ status: "live" });
  });

  test("past its deadline: expired, and no second sooner", async () => {
    const token = await createRwt({ ...options, maxLifetime: 100, expire: 100 }).sign(1);
    expect((await explainToken(plain, token)).status).toBe("live");
    await time.advance(101);
    expect(await explainToken(plain, token)).toMatchObject({ status: "expired", expire: 100, secret: 0 });
  });

  test("rotated: live until its successor is used and during its grace, and nothing reveals the successor", async () => {
    const rwt = serviceOn(bench);
    const old = await rwt.sign(1, { subject: freshSubject() });
    const { id } = await explainToken(plain, old);
    const fresh = (await rwt.rotate(old, { grace: 30 })) ?? expect.fail("not rotated");
    await time.advance(60);
    // The successor was never used; its reply may have been lost.
    for (const token of [old, fresh])
      expect(await explainToken(plain, token)).toMatchObject({ status: "live", id });

    const next = (await rwt.rotate(fresh, { grace: 30 })) ?? expect.fail("not rotated");
    await rwt.verify(next);
    expect((await explainToken(plain, fresh)).status).toBe("live");
    expect((await explainToken(plain, old)).status).toBe("rotated");
    await time.advance(60);
    const explanation = await explainToken(plain, fresh);
    expect(explanation).toMatchObject({ status: "rotated", id });
    expectNoLeak(explanation, { old, fresh, next, body: next.slice(4, 40) });
    // Explaining didn't count as use of the old tokens, which would have ended the session.
    expect((await rwt.verify(next))?.data).toBe(1);
    expect(eventsOf(rwt)).toEqual([]);
  });

  test("rotated for a change of privilege: the old token is dead immediately", async () => {
    const rwt = serviceOn(bench);
    const old = await rwt.sign(1);
    const fresh = await rwt.rotate(old, { retry: false });
    expect((await explainToken(plain, old)).status).toBe("rotated");
    expect((await explainToken(plain, fresh)).status).toBe("live");
  });

  test("ended with all of the person's sessions, or with the person's key: unknown, with the reason", async () => {
    const rwt = serviceOn(bench);
    const subject = freshSubject();
    const token = await rwt.sign(1, { subject });
    const own = await rwt.sign(2, { subject });
    await rwt.destroyAll(subject, { except: own });
    const reason = expect.stringMatching(/All of the person's sessions were ended|no session for it/);
    expect(await explainToken(plain, token)).toMatchObject({ status: "unknown", reason });
    expect(await explainToken(plain, own)).toMatchObject({ status: "live", subject });

    const [person] = (await admin?.keys("*:p:*")) ?? [];
    if (admin === undefined || person === undefined) return;
    await admin.del(person);
    expect(await explainToken(plain, own)).toMatchObject({
      status: "unknown",
      reason: expect.stringContaining("person's key is gone"),
    });
  });

  test("encrypted: explained by a service that can decrypt it, an error in one that can't", async () => {
    const rwt = plain.with(encryption());
    const subject = freshSubject();
    const token = await rwt.sign(1, { subject });
    expect(await explainToken(rwt, token)).toMatchObject({ status: "live", subject });
    await expect(explainToken(plain, token)).rejects.toMatchObject({ reason: "encrypted" });
  });
});

test("an outage is an error, not an explanation", async () => {
  const redis = await ownRedis();
  const store = ioredisStore(redis.url, { timeout: 500 });
  atEnd(() => store.disconnect());
  const rwt = createRwt({ store, secret });
  const token = await rwt.sign(1);
  await redis.kill();
  await expect(explainToken(rwt, token)).rejects.toThrow(StoreUnavailableError);
});
