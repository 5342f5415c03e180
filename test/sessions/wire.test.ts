/** What is sent to Redis: commands and round trips, counted by a real Redis and by a proxy. */
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { SCRIPTS, type ScriptName } from "../../src/redis/scripts.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { pausingProxy } from "../doubles/pausing-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { monitored, sentIn } from "../support/monitor.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { freshSubject, serviceOn } from "./fixture.ts";
import { keysOf, personKeysOf } from "./values.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
const proxy = await pausingProxy(redis.port);
const overProxy = `redis://127.0.0.1:${proxy.port}`;
const requests = () => Object.values(rest.requests.paths).reduce((sum, path) => sum + path.requests, 0);

const kinds = [
  { name: "ioredis", store: ioredisStore(overProxy), trips: proxy.roundTrips },
  { name: "node-redis", store: nodeRedisStore(overProxy), trips: proxy.roundTrips },
  { name: "upstash", store: upstashStore({ url: rest.url, token: rest.token }), trips: requests },
];
atEnd(async () => {
  for (const { store } of kinds) await store.disconnect();
  admin.disconnect();
});

const time = { now: () => Date.now() / 1000, advance: async () => {} };
const scriptCall = (name: ScriptName, keys: readonly string[]) => [
  "EVALSHA",
  SCRIPTS[name].sha1,
  String(keys.length),
  ...keys,
];
/** A script call without its arguments. */
const withoutArgs = (words: readonly string[]) =>
  words[0] === "EVALSHA" ? words.slice(0, 3 + Number(words[2])) : words;

/** Waits until background work is done. */
const quiet = () => new Promise((resolve) => setTimeout(resolve, 50));

describe.each(kinds)("over the wire: $name", ({ name, store, trips }) => {
  const still = serviceOn({ store, time });
  const sliding = serviceOn({ store, time }, { verifyExtendsToken: true });

  /** The commands that clients send, including background work afterwards. */
  const sentBy = async (work: () => Promise<unknown>) =>
    sentIn(await monitored(admin, work)).map(withoutArgs);

  /** The number of round trips until the answer. */
  async function tripsOf(work: () => Promise<unknown>): Promise<number> {
    const before = trips();
    await work();
    const after = trips();
    await quiet();
    return after - before;
  }

  afterEach(() => admin.flushall());

  test("a check is one command, and a sliding check of a session with a person is two", async () => {
    const [alone, owned] = [await still.sign(1), await still.sign(1, { subject: freshSubject() })];
    const { session } = await keysOf(alone);
    const { session: s, person: p } = await personKeysOf(owned);
    for (const signal of [undefined, new AbortController().signal]) {
      expect(await sentBy(() => still.verify(alone, { signal }))).toEqual([["GET", session]]);
      expect(await sentBy(() => sliding.verify(alone, { signal }))).toEqual([
        ["GETEX", session, "EX", "3600"],
      ]);
      expect(await sentBy(() => still.verify(owned, { signal }))).toEqual([["MGET", s, p]]);
      expect(await sentBy(() => sliding.verify(owned, { signal }))).toEqual([
        ["EXPIRE", s, "3600"],
        ["MGET", s, p],
      ]);
    }
    await still.destroy(owned);
    expect(await sentBy(() => still.verify(owned))).toEqual([["MGET", s, p]]);
  });

  test("is no command for what is forged, malformed, another secret's or past its deadline", async () => {
    const token = await still.sign(1, { subject: freshSubject() });
    const later = serviceOn({ store, time: { ...time, now: () => time.now() + 31 * 86_400 } });
    const stranger = await createRwt({ store, secret: "s".repeat(32) }).sign(1);
    const sent = await sentBy(async () => {
      for (const bad of [forged(token), token.slice(0, -1), "rwt_", "", null, stranger]) {
        for (const service of [still, sliding])
          expect([
            await service.verify(bad),
            await service.extend(bad),
            await service.destroy(bad),
            await service.update(bad, 2),
            await service.rotate(bad),
            await service.reauthenticate(bad, {}),
          ]).toEqual([null, false, false, false, null, null]);
      }
      expect([await later.verify(token), await later.rotate(token)]).toEqual([null, null]);
    });
    expect(sent).toEqual([]);
  });

  test("after a rotation, the first check of the new token writes once, and checks of the old one take a second command", async () => {
    const rotated = async () => {
      const old = await still.sign(1, { subject: freshSubject() });
      return { old, fresh: await still.rotate(old) };
    };
    // Let Redis learn the scripts.
    const first = await rotated();
    for (const token of [first.old, first.fresh]) await still.verify(token);
    const { old, fresh } = await rotated();
    const { session: s, person: p } = await personKeysOf(old);
    const mget = ["MGET", s, p];
    expect(await sentBy(() => still.verify(old))).toEqual([mget, scriptCall("older", [s, p])]);
    expect(await sentBy(() => still.verify(fresh))).toEqual([mget, scriptCall("use", [s, p])]);
    expect(await sentBy(() => still.verify(fresh))).toEqual([mget]);
    expect(await sentBy(() => still.verify(old))).toEqual([mget, scriptCall("older", [s, p])]);
  });

  test("each operation is one round trip; list is three at most", async () => {
    const limited = serviceOn({ store, time }, { maxSessions: 50 });
    const subject = freshSubject();
    let [token, alone, cursor]: (string | undefined)[] = [];
    const operations: Record<string, () => Promise<unknown>> = {
      sign: async () => (token = await still.sign(1, { subject })),
      "sign without a subject": async () => (alone = await still.sign(1)),
      "sign within a limit": () => limited.sign(1, { subject }),
      verify: () => still.verify(token),
      "sliding verify": () => sliding.verify(token),
      extend: () => still.extend(token),
      update: () => still.update(token, 2),
      updateAll: () => still.updateAll(subject, 3),
      rotate: async () => (token = (await still.rotate(token)) ?? ""),
      reauthenticate: async () => (token = (await still.reauthenticate(token, { amr: ["otp"] })) ?? ""),
      "rotate without retry": async () => (alone = (await still.rotate(alone, { retry: false })) ?? ""),
      destroyById: async () => still.destroyById(subject, (await still.idOf(token)) ?? ""),
      destroy: () => still.destroy(alone),
      "destroyAll but one": () => still.destroyAll(subject, { except: token }),
      destroyAll: () => still.destroyAll(subject),
    };
    // Let Redis learn the scripts.
    for (const run of Object.values(operations)) await run();
    await quiet();
    for (const [operation, run] of Object.entries(operations))
      expect([operation, await tripsOf(run)]).toEqual([operation, 1]);

    // At the limit, sign first has to read which sessions there are.
    const single = serviceOn({ store, time }, { maxSessions: 1 });
    await single.sign(1, { subject });
    expect(await tripsOf(() => single.sign(2, { subject }))).toBe(2);

    const tokens: string[] = [];
    for (let i = 0; i < 6; i++) tokens.push(await still.sign(1, { subject }));
    const list = async () => ({ cursor } = await still.list(subject, { limit: 2, cursor }));
    expect(await tripsOf(list)).toBe(2);
    expect(await tripsOf(list)).toBe(3);
    // The session after which the next page begins has ended.
    const page = await still.list(subject, { limit: 4 });
    await still.destroyById(subject, page.sessions.at(-1)?.id ?? "");
    expect(await tripsOf(list)).toBe(3);
  });

  test("scripts are sent again if Redis has forgotten them", async () => {
    const subject = freshSubject();
    const token = await still.sign(1, { subject });
    await admin.script("FLUSH");
    expect(await still.update(token, 2)).toBe(true);
    await admin.script("FLUSH");
    const fresh = await still.rotate(token);
    await admin.script("FLUSH");
    expect((await still.verify(fresh))?.data).toBe(2);
    await admin.script("FLUSH");
    expect(await still.destroyAll(subject)).toBe(true);
    expect(await still.verify(fresh)).toBeNull();
  });

  test("a batch of checks is one command, with each session and each person once", async () => {
    const subjects = [freshSubject(), freshSubject(), undefined];
    const tokens: string[] = [];
    for (let i = 0; i < 12; i++) tokens.push(await still.sign(i, { subject: subjects[i % 3] }));
    const keys = await Promise.all(tokens.map(keysOf));
    const sessions = keys.map(({ session }) => session);
    const all = [...new Set([...sessions, ...keys.flatMap(({ person }) => person ?? [])])];
    const verifyAll = async (service: typeof still) => {
      const asked = [...tokens, ...tokens.slice(0, 4)];
      const found = await Promise.all(asked.map((token) => service.verify(token)));
      expect(found.map((session) => session?.data)).toEqual(asked.map((token) => tokens.indexOf(token)));
    };
    // Let Redis learn the script.
    await verifyAll(sliding);
    const [read = [], ...none] = await sentBy(() => verifyAll(still));
    expect(none).toEqual([]);
    expect([read[0], read.slice(1).sort()]).toEqual(["MGET", [...all].sort()]);
    const slid = await sentBy(() => verifyAll(sliding));
    const last = slid.at(-1) ?? [];
    if (name === "upstash") {
      expect(slid.slice(0, -1).sort()).toEqual(sessions.map((key) => ["EXPIRE", key, "3600"]).sort());
      expect([last[0], last.slice(1).sort()]).toEqual(["MGET", [...all].sort()]);
    } else {
      const [script = [], ...more] = slid;
      expect([script.slice(0, 3), script.slice(3).sort()]).toEqual([
        scriptCall("slide", sessions).slice(0, 3),
        [...sessions].sort(),
      ]);
      expect([more.length, last[0], last.slice(1).sort()]).toEqual([1, "MGET", [...all].sort()]);
    }
  });

  test("destroyAll and updateAll are one script for one key, however many sessions there are", async () => {
    for (const count of [2, 200]) {
      const subject = freshSubject();
      const tokens = await Promise.all(Array.from({ length: count }, () => still.sign(1, { subject })));
      const { person } = await personKeysOf(tokens[0] ?? "");
      await still.updateAll(freshSubject(), 2);
      await still.destroyAll(freshSubject());
      for (const [script, run] of [
        ["update-all", () => still.updateAll(subject, 2)],
        ["destroy-all", () => still.destroyAll(subject)],
      ] as const) {
        const all = await monitored(admin, run);
        // Background work of the previous operation may come in between.
        const at = all.findIndex(({ words }) => words.includes(SCRIPTS[script].sha1));
        const [call, ...rest] = all.slice(at);
        const next = rest.findIndex(({ inScript }) => !inScript);
        const within = rest.slice(0, next < 0 ? undefined : next).map(({ words }) => words.slice(0, 2));
        expect(withoutArgs(call?.words ?? [])).toEqual(scriptCall(script, [person]));
        expect(within.length).toBeLessThanOrEqual(5);
        for (const [, key] of within) expect(key).toBe(person);
      }
      for (const token of tokens.slice(0, 3)) expect(await still.verify(token)).toBeNull();
    }
  });
});
