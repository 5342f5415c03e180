/**
 * Problems that users of similar libraries reported, with the same interleaving forced: a request is delayed on its way to Redis
 * while the user is signed out everywhere (better-auth 11073, 3819, 10992; connect-redis's late saves).
 */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { faultProxy } from "../doubles/fault-proxy.ts";
import { pausingProxy } from "../doubles/pausing-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { expectExpiries, freshSubject, type SessionsRwt, secret } from "./fixture.ts";
import { headerOf, keysOf } from "./values.ts";

const redis = await ownRedis();
const admin = new Redis(redis.url);
const proxy = await pausingProxy(redis.port);
const faults = await faultProxy(redis.port);
const serviceAt = (url: string): SessionsRwt =>
  createRwt({ store: ioredisStore(url, { timeout: 20_000 }), secret, verifyExtendsToken: true }).with(
    sessions({ maxSessions: 5 }),
  );
const slow = serviceAt(`redis://127.0.0.1:${proxy.port}`);
const quick = serviceAt(redis.url);
atEnd(() => {
  admin.disconnect();
  return Promise.all([slow.disconnect(), quick.disconnect(), faults[Symbol.asyncDispose]()]);
});

const sessionKeys = () => admin.keys("*:s:*");
const isLive = async (token: string | null) => (await quick.verify(token)) !== null;

afterEach(async () => {
  proxy.resume();
  await expectExpiries(admin);
  await admin.flushall();
});

/** Starts work whose nth command is held back, runs `meanwhile`, and then lets the command through. */
async function held<Result>(
  work: () => Promise<Result>,
  meanwhile: () => Promise<unknown>,
  nth = 1,
): Promise<Result> {
  await slow.connect();
  proxy.pause();
  const result = work();
  await proxy.held();
  for (let i = 1; i < nth; i++) {
    proxy.step();
    await proxy.held();
  }
  await meanwhile();
  proxy.resume();
  return result;
}

type Ending = [name: string, end: (token: string, subject: string) => Promise<unknown>];
const endings: Ending[] = [
  ["destroy", (token) => quick.destroy(token)],
  ["destroyAll", (_, subject) => quick.destroyAll(subject)],
  ["destroyById", async (token, subject) => quick.destroyById(subject, (await quick.idOf(token)) ?? "")],
  [
    "the loss of the person's key",
    async () => {
      for (const key of await admin.keys("*:p:*")) await admin.del(key);
    },
  ],
];

describe("a pending request whose session ends brings nothing back", () => {
  type Work = [name: string, work: (token: string, subject: string) => Promise<unknown>];
  const works: Work[] = [
    ["a sliding verify", (token) => slow.verify(token)],
    ["extend", (token) => slow.extend(token)],
    ["update", (token) => slow.update(token, "late")],
    ["update with a function", (token) => slow.update(token, () => "late")],
    ["updateAll", (_, subject) => slow.updateAll(subject, "late").then(() => null)],
    ["rotate", (token) => slow.rotate(token)],
    ["rotate with a grace", (token) => slow.rotate(token, { grace: 60 })],
    ["rotate without retry", (token) => slow.rotate(token, { retry: false })],
    ["reauthenticate", (token) => slow.reauthenticate(token, {})],
    ["updateAll with a function", (_, subject) => slow.updateAll(subject, () => "late").then(() => null)],
    ["list", (_, subject) => slow.list(subject)],
    [
      "destroyAll with except",
      (token, subject) => slow.destroyAll(subject, { except: token }).then(() => null),
    ],
  ];
  test.each(works.flatMap(([name, work]) => endings.map(([how, end]) => [name, how, work, end] as const)))(
    "%s, while it is ended by %s",
    async (_, __, work, end) => {
      const subject = freshSubject();
      const token = await quick.sign("early", { subject });
      const fresh = await quick.rotate(token);
      const answer = await held(
        () => work(token, subject),
        () => end(token, subject),
      );
      expect([null, false, { sessions: [], cursor: undefined }]).toContainEqual(answer);
      expect([await isLive(token), await isLive(fresh)]).toEqual([false, false]);
      expect((await quick.list(subject)).sessions).toEqual([]);
      const later = await quick.sign("later", { subject });
      expect([await isLive(token), await isLive(fresh), await isLive(later)]).toEqual([false, false, true]);
    },
  );

  test.each(endings)("between the two steps of an update with a function: %s", async (_, end) => {
    const subject = freshSubject();
    const token = await quick.sign("early", { subject });
    await slow.update(token, () => "early");
    expect(
      await held(
        () => slow.update(token, () => "late"),
        () => end(token, subject),
        2,
      ),
    ).toBe(false);
    expect([await isLive(token), (await quick.list(subject)).sessions]).toEqual([false, []]);
  });

  test.each(endings)(
    "between the steps of list, which shows nothing that ended before the last step: %s",
    async (_, end) => {
      const subject = freshSubject();
      const token = await quick.sign("early", { subject });
      const page = await held(
        () => slow.list(subject),
        () => end(token, subject),
        2,
      );
      expect(page).toEqual({ sessions: [], cursor: undefined });
    },
  );
});

describe("a pending rotation", () => {
  test("returns no second successor if another rotation's is used meanwhile", async () => {
    const token = await quick.sign("Ada", { subject: freshSubject() });
    let fresh: string | null = null;
    const late = await held(
      () => slow.rotate(token),
      async () => {
        fresh = await quick.rotate(token);
        expect(await isLive(fresh)).toBe(true);
      },
    );
    // It is still in time, so it gets the current token.
    expect(late).toBe(fresh);
    expect([await isLive(fresh), await isLive(token)]).toEqual([true, false]);
  });

  test("logs nobody out if its reply is lost", async () => {
    const unlucky = serviceAt(`redis://127.0.0.1:${faults.port}`);
    for (const again of [quick, unlucky]) {
      const token = await unlucky.sign("Ada", { subject: freshSubject() });
      const { session } = await keysOf(token);
      await unlucky.rotate(await unlucky.sign("so that Redis knows the script"));
      await faults.break({ resetsAtReply: true });
      await expect(unlucky.rotate(token)).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
      await faults.mend("stay");
      expect(headerOf(await admin.get(session))).toMatchObject({ generation: "00001", state: "0" });
      expect(await isLive(token)).toBe(true);
      const fresh = await again.rotate(token);
      expect([await isLive(fresh), await isLive(token)]).toEqual([true, false]);
      expect(headerOf(await admin.get(session))).toMatchObject({ generation: "00001", state: "1" });
    }
    await unlucky.disconnect();
  });
});

describe("a pending destroyAll", () => {
  test("spares a sign-in that reaches Redis after it, which list then shows", async () => {
    const subject = freshSubject();
    const early = await quick.sign("early", { subject });
    const token = await held(
      () => slow.sign("late", { subject }),
      () => quick.destroyAll(subject),
    );
    expect([await isLive(early), await isLive(token)]).toEqual([false, true]);
    expect((await quick.list(subject, { current: token })).sessions.map(({ current }) => current)).toEqual([
      true,
    ]);
  });

  test("ends a sign-in that reaches Redis before it, and none afterwards", async () => {
    const subject = freshSubject();
    const early = await quick.sign("early", { subject });
    let between = "";
    const ended = await held(
      () => slow.destroyAll(subject),
      async () => {
        between = await quick.sign("between", { subject });
      },
    );
    const late = await quick.sign("late", { subject });
    expect(ended).toBe(true);
    expect([await isLive(early), await isLive(between), await isLive(late)]).toEqual([false, false, true]);
    await expect.poll(sessionKeys).toHaveLength(1);
  });

  test("ends nothing if it is cut off before Redis, and everything on a retry", async () => {
    const subject = freshSubject();
    const tokens = await Promise.all([1, 2, 3].map((i) => quick.sign(i, { subject })));
    await slow.connect();
    proxy.pause();
    const ending = slow.destroyAll(subject);
    await proxy.held();
    proxy.cut();
    await expect(ending).rejects.toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    proxy.resume();
    for (const token of tokens) expect(await isLive(token)).toBe(true);
    expect(await slow.destroyAll(subject)).toBe(true);
    for (const token of tokens) expect(await isLive(token)).toBe(false);
  });
});
