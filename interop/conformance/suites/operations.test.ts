import { expect } from "vitest";
import { createRwt } from "../../../src/index.ts";
import { commandsOf } from "../../../test/support/commandstats.ts";
import { forged } from "../../../test/support/forged.ts";
import vectors from "../../../vectors.json" with { type: "json" };
import { describeClients } from "../checks.ts";
import { startClients } from "../clients.ts";
import type { ServiceOptions } from "../protocol.ts";
import { older, openStage, secret } from "../stage.ts";

const { redis, admin, store, rwt } = await openStage();

const DATA = [{ name: "Zoë 🎟", n: 1.5, deep: [0, null, { a: false }] }, false, 0, "", null, [], 1e21, 0.1];

describeClients("a client", await startClients(), (client, check) => {
  const service = (options: Partial<ServiceOptions> = {}) =>
    client.service({ redis: redis.url, secret, ...options });
  const its = service();
  const sliding = service({ verifyExtendsToken: true });

  for (const data of DATA)
    for (const subject of [undefined, "émilie"]) {
      const options = { ...(subject && { subject }), meta: { device: "iPad" }, expire: 60 };
      const what = `${JSON.stringify(data)}${subject ? " of a subject" : ""}`;
      const found = { data, meta: options.meta, expire: 60 };
      /** What both must say of the same token. */
      const agreed = async (token: string) => {
        const [mine, theirs] = [await rwt.verify(token), await its.verify(token)];
        expect(theirs).toMatchObject({ issuedAt: mine?.issuedAt, deadline: mine?.deadline });
      };
      check("verify", [], `${what} that TypeScript signed`, async () => {
        const token = await rwt.sign(data, options);
        expect(await its.verify(token)).toMatchObject({ ...found, subject: subject ?? null });
        await agreed(token);
      });
      check("sign", [], `${what}, for TypeScript`, async () => {
        const token = await its.sign(data, options);
        expect(await rwt.verify(token)).toMatchObject({ ...found, subject });
        expect(token).toMatch(/^rwt_[\w-]{76}$/);
        await agreed(token);
      });
    }

  check("idOf", [], "is the public id that TypeScript tells, and none for a forgery", async () => {
    const token = await rwt.sign(1, { subject: "42" });
    expect(await its.idOf(token)).toBe(await rwt.idOf(token));
    expect(await its.idOf(forged(token))).toBeNull();
  });

  check("secrets", [], "any secret of a list opens a token, and the first signs", async () => {
    const before = createRwt({ store, secret: older });
    const token = await before.sign(1);
    expect((await service({ secret: [secret, older] }).verify(token))?.data).toBe(1);
    expect(await service({ secret: [secret] }).verify(token)).toBeNull();
    if (!client.can("sign")) return;
    expect((await rwt.verify(await service({ secret: [secret, older] }).sign(2)))?.data).toBe(2);
  });

  const short = service({ maxLifetime: 50, expire: 50, verifyExtendsToken: true });
  const earlier = () => Math.floor(Date.now() / 1000) - 20;

  check("sign", [], "no session lives past the deadline", async () => {
    await short.sign(1);
    const [key = ""] = await admin.keys("*");
    const ttl = await admin.ttl(key);
    expect([ttl > 40, ttl <= 50]).toEqual([true, true]);
    await expect(short.sign(1, { expire: 51 })).rejects.toThrow("ERR_RWT_OPTION_RANGE");
  });

  for (const [feature, act] of [
    ["slide", (token: string) => short.verify(token)],
    ["extend", (token: string) => short.extend(token)],
    ["rotate", (token: string) => short.rotate(token)],
    ["reauthenticate", (token: string) => short.reauthenticate(token, {})],
  ] as const)
    check(feature, [], "restarts the idle timeout, and not past the deadline", async () => {
      for (const subject of [undefined, "42"]) {
        await admin.flushall();
        const old = createRwt({ store, secret, maxLifetime: 50, expire: 50, now: earlier });
        const token = await old.sign(1, subject ? { subject } : {});
        const [key = ""] = await admin.keys("*:s:*");
        await admin.expire(key, 10);
        expect(await act(token)).toBeTruthy();
        const ttl = await admin.ttl(key);
        expect([ttl > 20, ttl <= 30]).toEqual([true, true]);
      }
    });

  const live = async (): Promise<[string, string]> => [
    await rwt.sign(1),
    await rwt.sign(1, { subject: "42" }),
  ];

  check("verify", [], "leaves the idle timeout as it is", async () => {
    for (const token of await live()) {
      for (const key of await admin.keys("*:s:*")) await admin.expire(key, 10);
      expect((await its.verify(token))?.data).toBe(1);
      for (const key of await admin.keys("*:s:*")) expect(await admin.ttl(key)).toBeLessThanOrEqual(10);
    }
  });

  check("cost", [], "a check is one command", async () => {
    const [token, theirs] = await live();
    for (const each of [token, theirs]) await its.verify(each);
    expect(await commandsOf(admin, () => its.verify(token))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => its.verify(theirs))).toEqual({ mget: 1 });
  });

  check("cost", ["verifyExtendsToken"], "a check that restarts the idle timeout writes once", async () => {
    const [token, theirs] = await live();
    for (const each of [token, theirs]) await sliding.verify(each);
    expect(await commandsOf(admin, () => sliding.verify(token))).toEqual({ getex: 1 });
    // One script may send both: over some clients, it alone keeps the time limit.
    const { eval: _, ...sent } = await commandsOf(admin, () => sliding.verify(theirs));
    expect(sent).toEqual({ expire: 1, mget: 1 });
  });

  check("cost", ["sign"], "a sign without a subject is one command", async () => {
    await its.sign(1);
    expect(await commandsOf(admin, () => its.sign(1))).toEqual({ set: 1 });
  });

  for (const [op, act] of [
    ["extend", (token: string) => its.extend(token)],
    ["update", (token: string) => its.update(token, 1)],
    ["rotate", (token: string) => its.rotate(token)],
    ["destroy", (token: string) => its.destroy(token)],
  ] as const)
    check("cost", [op], `${op} is one script`, async () => {
      const [, first] = await live();
      await act(first);
      const second = await rwt.sign(1, { subject: "42" });
      expect(await commandsOf(admin, () => act(second))).toMatchObject({ evalsha: 1 });
    });

  const dead = async (token: string): Promise<readonly string[]> => {
    const past = await createRwt({ store, secret, now: () => 1_000_000_000 }).sign(1);
    return [forged(token), past, "", ...vectors.rejected.map((each) => each.token)];
  };

  check("cost", [], "a forged, malformed or dead token costs no command", async () => {
    const token = await rwt.sign(1);
    const all = await dead(token);
    await its.verify(token);
    const sent = await commandsOf(admin, async () => {
      for (const bad of all) {
        expect(await its.verify(bad), bad).toBeNull();
        if (client.can("verifyExtendsToken")) expect(await sliding.verify(bad), bad).toBeNull();
        if (client.can("extend")) expect(await its.extend(bad), bad).toBe(false);
        if (client.can("update")) expect(await its.update(bad, 1), bad).toBe(false);
        if (client.can("increment")) expect(await its.increment(bad), bad).toBe(false);
        if (client.can("rotate")) expect(await its.rotate(bad), bad).toBeNull();
        if (client.can("reauthenticate")) expect(await its.reauthenticate(bad, {}), bad).toBeNull();
        if (client.can("destroy")) expect(await its.destroy(bad), bad).toBe(false);
      }
    });
    expect(sent).toEqual({});
  });

  check("maxSessions", ["sign"], "ends the oldest session, or refuses a new one", async () => {
    const two = [await rwt.sign(1, { subject: "42" }), await rwt.sign(2, { subject: "42" })];
    const rejecting = service({ maxSessions: 2, onLimit: "reject" });
    await expect(rejecting.sign(3, { subject: "42" })).rejects.toThrow("ERR_RWT_SESSION_LIMIT");
    expect((await rwt.list("42")).sessions).toHaveLength(2);
    const third = await service({ maxSessions: 2 }).sign(3, { subject: "42" });
    const left = await Promise.all([...two, third].map((token) => rwt.verify(token)));
    expect(left.map((session) => session !== null)).toEqual([expect.anything(), expect.anything(), true]);
    expect(left.filter((session) => session !== null)).toHaveLength(2);
  });
});
