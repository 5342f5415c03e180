import { expect } from "vitest";
import { describeClients, outcomeOf } from "../checks.ts";
import { startClients } from "../clients.ts";
import { openStage, secret } from "../stage.ts";

const { redis, admin, rwt } = await openStage();
const subject = "émilie";
const KINDS = [{ subject }, {}];

/** The seconds that each kind of key has left: `s` of a session, `p` of a person, `i` of an index, `o` of a one-time token. */
async function lifetimes(): Promise<Record<string, number>> {
  const left: Record<string, number> = {};
  for (const key of await admin.keys("*")) left[/:([spio]):/.exec(key)?.[1] ?? key] = await admin.ttl(key);
  return left;
}

const within = (most: number, seconds: number | undefined, what: string) => {
  expect(seconds, what).toBeGreaterThan(most - 20);
  expect(seconds, what).toBeLessThanOrEqual(most);
};

/** How long Redis keeps what a client writes. */
describeClients("lifetimes", await startClients(), (client, check) => {
  const its = client.service({ redis: redis.url, secret });

  check("sign", [], "a person and its index live as long as the longest session, never shorter", async () => {
    let longest = 0;
    for (const maxLifetime of [200, 4000, 300]) {
      const token = await its.sign(1, { subject, maxLifetime, expire: 100 });
      longest = Math.max(longest, maxLifetime);
      const { p, i } = await lifetimes();
      within(longest, p, `the person after a session of ${maxLifetime} seconds`);
      within(longest, i, `the index after a session of ${maxLifetime} seconds`);
      const [index = ""] = await admin.keys("*:i:*");
      const scores = (await admin.zrange(index, "0", "-1", "WITHSCORES")).map(Number);
      expect(scores, "the index's scores").toContain((await its.verify(token))?.deadline);
    }
  });

  check("sign", [], "refuses a lifetime that isn't a whole number of seconds from 1", async () => {
    for (const options of [{ expire: 0 }, { expire: -1 }, { expire: 1.5 }, { maxLifetime: 0 }])
      expect(await outcomeOf(its.sign(1, options)), JSON.stringify(options)).toMatch(/^ERR_RWT_OPTION/);
    expect(await outcomeOf(its.sign(1, { subject: "" })), "an empty subject").toMatch(/^ERR_RWT_OPTION/);
    expect(await admin.keys("*")).toEqual([]);
  });

  const keeping = [
    ["verify", (token: string) => its.verify(token)],
    ["update", (token: string) => its.update(token, { n: 2 })],
    ["increment", (token: string) => its.increment(token)],
    ["updateAll", () => its.updateAll(subject, { n: 3 })],
    ["destroyAll", (token: string) => its.destroyAll(subject, { except: token })],
    ["list", () => its.list(subject)],
  ] as const;
  for (const [op, act] of keeping)
    check(op, [], "leaves to all keys the time that they had", async () => {
      const token = await rwt.sign({ n: 1 }, { subject });
      for (const key of await admin.keys("*")) await admin.expire(key, 500);
      expect(await act(token)).toBeTruthy();
      // The cleanup after destroyAll may still run, and removes no key that lives.
      for (const [kind, seconds] of Object.entries(await lifetimes())) within(500, seconds, kind);
    });

  const restarting = [
    ["extend", (token: string) => its.extend(token)],
    ["rotate", (token: string) => its.rotate(token)],
    ["reauthenticate", (token: string) => its.reauthenticate(token, { amr: ["pwd"] })],
  ] as const;
  for (const [op, act] of restarting)
    check(op, [], "restarts the session's time, up to the deadline, and leaves the person's", async () => {
      for (const options of KINDS)
        for (const maxLifetime of [1000, 60]) {
          const expire = Math.min(100, maxLifetime);
          const token = await rwt.sign({ n: 1 }, { ...options, expire, maxLifetime });
          for (const key of await admin.keys("*:[pi]:*")) await admin.expire(key, 500);
          for (const key of await admin.keys("*:s:*")) await admin.expire(key, 10);
          expect(await act(token)).toBeTruthy();
          const { s, ...others } = await lifetimes();
          within(expire, s, "the session");
          for (const [kind, seconds] of Object.entries(others)) within(500, seconds, kind);
          await admin.flushall();
        }
    });

  check("extend", [], "takes an idle timeout for once, and not past the deadline", async () => {
    for (const options of KINDS) {
      const token = await rwt.sign(1, { ...options, expire: 100, maxLifetime: 200 });
      for (const [expire, left] of [
        [150, 150],
        [40, 40],
        [5000, 200],
      ] as const) {
        expect(await its.extend(token, { expire })).toBe(true);
        within(left, (await lifetimes()).s, `extended by ${expire}`);
      }
      await admin.flushall();
    }
  });

  check("rotate", [], "a retry restarts the idle timeout as well", async () => {
    const token = await rwt.sign(1, { subject, expire: 100 });
    const next = await its.rotate(token);
    for (const key of await admin.keys("*:s:*")) await admin.expire(key, 10);
    expect(await its.rotate(token)).toBe(next);
    within(100, (await lifetimes()).s, "the session");
  });

  check("once", [], "a one-time token has an end, and is gone once it is used", async () => {
    const token = await its.issue("reset", 1);
    expect((await lifetimes()).o).toBeGreaterThan(0);
    expect((await its.consume("reset", token))?.data).toBe(1);
    expect(await admin.keys("*")).toEqual([]);
  });
});
