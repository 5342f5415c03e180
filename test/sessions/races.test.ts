/**
 * What users of the nearest peers report, with the very interleaving forced: a request that is held up on its way to Redis
 * while somebody is signed out everywhere (better-auth 11073, 3819, 10992; connect-redis's late saves).
 */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwtWithSessions, type SessionRwt } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { pausingProxy } from "../doubles/pausing-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { freshSubject, secret } from "./fixture.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const proxy = await pausingProxy(redis.port);
const patient = { timeout: 20_000 };
const options = { secret, verifyExtendsToken: true };
const slowStore = ioredisStore(`redis://127.0.0.1:${proxy.port}`, patient);
const slow = createRwtWithSessions({ store: slowStore, ...options });
const quick = createRwtWithSessions({ store: ioredisStore(redis.url, patient), ...options });
atEnd(() => {
  admin.disconnect();
  return Promise.all([slow.disconnect(), quick.disconnect()]);
});

const sessionKeys = () => admin.keys("*:s:*");
const isLive = async (token: string | null) => (await quick.verify(token)) !== null;

afterEach(async () => {
  proxy.resume();
  for (const key of await admin.keys("*")) expect(await admin.ttl(key), key).toBeGreaterThan(0);
  await admin.flushall();
});

/** Starts something whose command is kept, does something else meanwhile, and lets it go on. */
async function held<Result>(work: () => Promise<Result>, meanwhile: () => Promise<unknown>): Promise<Result> {
  proxy.pause();
  const result = work();
  await proxy.held();
  await meanwhile();
  proxy.resume();
  return result;
}

describe("a request that is under way while its session ends brings nothing back", () => {
  type Work = (token: string, subject: string) => Promise<unknown>;
  const works: [string, Work][] = [
    ["a sliding verify", (token) => slow.verify(token)],
    ["extend", (token) => slow.extend(token)],
    ["update", (token) => slow.update(token, "late")],
    ["updateAll", (_, subject) => slow.updateAll(subject, "late")],
    ["rotate", (token) => slow.rotate(token)],
    ["rotate with a grace", (token) => slow.rotate(token, { grace: 60 })],
    ["list", (_, subject) => slow.list(subject)],
  ];
  const endings: [string, (rwt: SessionRwt, token: string, subject: string) => Promise<unknown>][] = [
    ["destroy", (rwt, token) => rwt.destroy(token)],
    ["destroyAll", (rwt, _, subject) => rwt.destroyAll(subject)],
    [
      "destroyById",
      async (rwt, _, subject) => rwt.destroyById(subject, (await rwt.list(subject)).sessions[0]?.id ?? ""),
    ],
  ];
  test.each(works.flatMap(([name, work]) => endings.map(([how, end]) => [name, how, work, end] as const)))(
    "%s, while another ends it by %s",
    async (_, __, work, end) => {
      await slow.connect();
      const subject = freshSubject();
      const token = await quick.sign("early", { subject });
      const answer = await held(
        () => work(token, subject),
        () => end(quick, token, subject),
      );
      expect([null, false, 0, { sessions: [], cursor: undefined }]).toContainEqual(answer);
      expect(await isLive(token)).toBe(false);
      expect(await sessionKeys()).toEqual([]);
      expect((await quick.list(subject)).sessions).toEqual([]);
    },
  );

  test("a sign whose command comes after the end of all is a new session, and listed", async () => {
    await slow.connect();
    const subject = freshSubject();
    await quick.sign("early", { subject });
    const token = await held(
      () => slow.sign("late", { subject }),
      () => quick.destroyAll(subject),
    );
    expect(await isLive(token)).toBe(true);
    expect((await quick.list(subject, { current: token })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
  });
});

describe("ending more sessions than one step does", () => {
  const signMany = async (subject: string, count: number): Promise<string[]> => {
    const tokens: string[] = [];
    while (tokens.length < count) {
      tokens.push(...(await Promise.all(Array.from({ length: 100 }, () => quick.sign(1, { subject })))));
    }
    return tokens;
  };

  /** Starts to end all over the proxy, which lets so many commands through and keeps the next. */
  const endingAfter = async (commands: number, subject: string): Promise<{ ending: Promise<number> }> => {
    await slow.connect();
    proxy.pause();
    const ending = slow.destroyAll(subject);
    for (let i = 0; i < commands; i++) {
      await proxy.held();
      proxy.step();
    }
    await proxy.held();
    return { ending };
  };

  test("spares who signs in between, and ends all others", async () => {
    const subject = freshSubject();
    const tokens = await signMany(subject, 2500);
    // The script's digest, which Redis doesn't know yet, and then its text: the first step.
    await admin.script("FLUSH");
    const { ending } = await endingAfter(2, subject);
    const between = await quick.sign("between", { subject });
    // Whoever rotates now what is about to end gets nothing.
    const rotated = await Promise.all(tokens.slice(-20).map((token) => quick.rotate(token)));
    proxy.resume();
    expect(await ending).toBe(2500);
    expect(await isLive(between)).toBe(true);
    expect(await sessionKeys()).toHaveLength(1);
    for (const token of rotated) expect(await isLive(token)).toBe(false);
    expect((await quick.list(subject)).sessions).toHaveLength(1);
  });

  test("that was cut off is finished by the next", async () => {
    const subject = freshSubject();
    const tokens = await signMany(subject, 1500);
    const { ending } = await endingAfter(1, subject);
    proxy.cut();
    await expect(ending).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    expect((await sessionKeys()).length).toBe(500);
    const later = await quick.sign("later", { subject });
    await quick.destroyAll(subject);
    expect(await sessionKeys()).toEqual([]);
    for (const token of [later, tokens[0] ?? "", tokens.at(-1) ?? ""])
      expect(await isLive(token)).toBe(false);
  });
});

test("10,000 times signed in and out leaves an index of no more than twice who is still in", async () => {
  const subject = freshSubject();
  const live = await Promise.all(Array.from({ length: 50 }, () => quick.sign(1, { subject })));
  const sizes: number[] = [];
  for (let i = 0; i < 100; i++) {
    await Promise.all(
      Array.from({ length: 100 }, async () => quick.destroy(await quick.sign(1, { subject }))),
    );
    const [index = ""] = await admin.keys("*:u:*");
    sizes.push(await admin.zcard(index));
  }
  // 100 are in at a time for a moment, and the last of them leave nobody behind who signs in and cleans up.
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 * live.length + 100);
  const [index = ""] = await admin.keys("*:u:*");
  expect((await quick.list(subject)).sessions).toHaveLength(50);
  expect(await admin.ttl(index)).toBeGreaterThan(2_591_000);
}, 60_000);
