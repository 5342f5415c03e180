import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type RedisConnection, redisStore } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { requestCases } from "../conformance/request-cases.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const secret = "a secret of the tests, 32 bytes or more";
const users = Array.from({ length: 64 }, (_, i) => i);

const turnOfTheLoop = () => new Promise(setImmediate);

const servicesOver = (store: TokenStore) => ({
  still: createRwt<number>({ store, secret }),
  sliding: createRwt<number>({ store, secret, verifyExtendsToken: true }),
});

describe.each(requestCases)("over HTTP: $name", ({ run }) => {
  test("on Node", () => run({ createRwt, upstashStore, target: { url: rest.url, token: rest.token } }));
});

describe.each(storeKinds(redis, rest))("verifies of one tick: $name", ({ name, open }) => {
  const { still, sliding } = servicesOver(open());
  const overHttp = name.startsWith("upstash");

  /** The last one is signed alone: of sign-ins that overlap, nobody knows which sync token is the latest. */
  async function signed(data: readonly number[]): Promise<string[]> {
    const tokens = await Promise.all(data.slice(1).map((each) => still.sign(each)));
    return [await still.sign(data[0] ?? 0), ...tokens];
  }

  test("leave as one request, or over TCP as a few commands, and each has its own answer", async () => {
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    for (const rwt of [still, sliding]) {
      // The script's text is sent where Redis doesn't know it yet.
      await Promise.all(tokens.map((token) => rwt.verify(token)));
      const sent = await commandsOf(admin, async () => {
        const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
        expect(sessions.map((session) => session?.data)).toEqual(users);
      });
      const mget = overHttp ? 1 : 4;
      const slid = { mget, expire: 64, ...(!overHttp && { evalsha: 4 }) };
      expect(sent).toEqual(rwt === still ? { mget } : slid);
    }
  });

  test("of one person's sessions name the person once", async () => {
    const tokens = await Promise.all(users.map((user) => still.sign(user, { subject: "Ada" })));
    await admin.config("RESETSTAT");
    for (const rwt of [still, sliding]) {
      const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
      expect(sessions.map((session) => session?.data)).toEqual(users);
    }
    if (!overHttp) return;
    rest.requests.reset();
    await Promise.all(tokens.map((token) => still.verify(token)));
    expect(rest.requests.paths).toEqual({ "/": { requests: 1, commands: 1 } });
  });

  test("one alone is one command, or where it slides and has a person two in one round trip", async () => {
    const [alone, owned] = [await still.sign(1), await still.sign(2, { subject: "Ada" })];
    for (const token of [alone, owned]) await still.verify(token);
    expect(await commandsOf(admin, () => still.verify(alone))).toEqual({ get: 1 });
    expect(await commandsOf(admin, () => sliding.verify(alone))).toEqual({ getex: 1 });
    expect(await commandsOf(admin, () => still.verify(owned))).toEqual({ mget: 1 });
    expect(await commandsOf(admin, () => sliding.verify(owned))).toEqual({ expire: 1, mget: 1 });
    rest.requests.reset();
    await sliding.verify(owned);
    if (overHttp) expect(rest.requests.paths).toEqual({ "/pipeline": { requests: 1, commands: 2 } });
  });

  test("slide each session's own idle timeout", async () => {
    await admin.flushall();
    const tokens = await Promise.all(users.map((i) => still.sign(i, { expire: 1000 + i })));
    for (const key of await admin.keys("*")) await admin.expire(key, 500);
    await Promise.all(tokens.map((token) => sliding.verify(token)));
    const ttls = await Promise.all((await admin.keys("*")).map((key) => admin.ttl(key)));
    ttls.sort((a, b) => a - b);
    for (const [i, ttl] of ttls.entries()) {
      expect(ttl).toBeGreaterThan(990 + i);
      expect(ttl).toBeLessThanOrEqual(1000 + i);
    }
  });

  test("of one token are one command; once it is under way, they are another", async () => {
    const token = await still.sign(1);
    const sent = await commandsOf(admin, async () => {
      const first = [still.verify(token), still.verify(token)];
      await turnOfTheLoop();
      await turnOfTheLoop();
      await Promise.all([...first, still.verify(token)]);
    });
    const { get = 0, mget = 0, ...others } = sent;
    expect([get + mget, others]).toEqual([2, {}]);
  });

  test("of several ticks share a command while another is pending, except over HTTP", async () => {
    const tokens = await signed([1, 2, 3]);
    const sent = await commandsOf(admin, async () => {
      // As the requests of three clients, whose bytes have come in by one turn.
      const sessions = tokens.map((token) => turnOfTheLoop().then(() => still.verify(token)));
      expect((await Promise.all(sessions)).map((session) => session?.data)).toEqual([1, 2, 3]);
    });
    expect(sent).toEqual(overHttp ? { get: 3 } : { get: 1, mget: 1 });
  });

  test("don't share an end that one caller's signal brings", async () => {
    const token = await still.sign(1);
    const controller = new AbortController();
    const calls = [
      still.verify(token),
      still.verify(token, { signal: controller.signal }),
      still.verify(token),
    ];
    controller.abort(new Error("gone"));
    const [first, ended, last] = await Promise.allSettled(calls);
    expect(ended).toMatchObject({ status: "rejected", reason: { message: "gone" } });
    for (const each of [first, last]) expect(each).toMatchObject({ status: "fulfilled", value: { data: 1 } });
  });

  test.each([
    ["no header", (key: string) => admin.set(key, "no session", "EX", 60)],
    ["of another type", (key: string) => admin.lpush(key, "no session")],
  ])("fail apart where one key alone is amiss: %s", async (_, spoil) => {
    await admin.flushall();
    const lost = await still.sign(0);
    const [key = ""] = await admin.keys("*");
    await admin.del(key);
    await spoil(key);
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    for (const rwt of [still, sliding]) {
      const outcomes = await Promise.allSettled([lost, ...tokens].map((token) => rwt.verify(token)));
      const [amiss, ...others] = outcomes;
      // MGET gives nil for a key of another type.
      if (amiss?.status === "fulfilled") expect(amiss.value).toBeNull();
      else expect(amiss?.reason).toMatchObject({ reason: "reply" });
      expect(others).toEqual(
        users.map((data) => ({ status: "fulfilled", value: expect.objectContaining({ data }) })),
      );
    }
    await admin.del(key);
  });

  test("that slide and that don't, of one token, are each answered", async () => {
    const token = await still.sign(1, { expire: 1000 });
    const [key = ""] = (await admin.keys("*:s:*")).slice(-1);
    expect(key).not.toBe("");
    const calls = [still.verify(token), sliding.verify(token), still.verify(token), sliding.verify(token)];
    for (const session of await Promise.all(calls)) expect(session?.data).toBe(1);
  });

  test("of more than a few hundred leave in parts", async () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const tokens = await signed(many);
    const sent = await commandsOf(admin, async () => {
      const sessions = await Promise.all(tokens.map((token) => still.verify(token)));
      expect(sessions.map((session) => session?.data)).toEqual(many);
    });
    expect(sent).toEqual({ mget: overHttp ? 3 : 4 });
  });
});

describe("a connection that says when the turn is over", () => {
  const log: string[] = [];
  const connection: RedisConnection = {
    send: ({ args: [name, ...args] }) => {
      log.push(name);
      return admin.call(name, ...args);
    },
    afterTurn: (work) =>
      setImmediate(() => {
        log.push("turn");
        work();
      }),
    oneServer: true,
    close: async () => {},
  };

  async function verifyAllOver(store: TokenStore): Promise<void> {
    const { still } = servicesOver(store);
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    log.length = 0;
    const sessions = await Promise.all(tokens.map((token) => still.verify(token)));
    expect(sessions.map((session) => session?.data)).toEqual(users);
  }

  test("lets a part leave in each, so that Redis works on one while the next is made ready", async () => {
    await verifyAllOver(redisStore(connection));
    expect(log).toEqual(["MGET", "turn", "MGET", "turn", "MGET", "turn", "MGET"]);
  });

  test("keeps a lone read waiting for no turn, not even where the read before has just been answered, or failed", async () => {
    let answersLate = false;
    const slow: RedisConnection["send"] = async (command, limit) => {
      const reply = await connection.send(command, limit);
      // Within the next turns, after the store has given up.
      if (answersLate && command.name === "GET")
        await new Promise<void>((resolve) => void limit.onOver(resolve));
      return reply;
    };
    const { still } = servicesOver(redisStore({ ...connection, send: slow }, { timeout: 100 }));
    const token = await still.sign(1);
    const threeInARow = async () => {
      log.length = 0;
      for (const _ of [1, 2, 3]) expect((await still.verify(token))?.data).toBe(1);
      expect(log).toEqual(["GET", "GET", "GET"]);
    };
    await threeInARow();
    answersLate = true;
    await expect(Promise.all([still.verify(token), still.verify(token)])).resolves.toHaveLength(2);
    await expect(still.verify(token)).rejects.toMatchObject({ reason: "timeout" });
    answersLate = false;
    await threeInARow();
  });

  test("lets all leave in one where it makes one request of several", async () => {
    const sendAll: RedisConnection["sendAll"] = (commands, limit) =>
      Promise.all(commands.map((command) => connection.send(command, limit)));
    await verifyAllOver(redisStore({ ...connection, sendAll }));
    expect(log).toEqual(["MGET"]);
  });
});

test.each([{}, { subject: "Ada" }])(
  "a key of another type is no session where keys are read one by one: %j",
  async (options) => {
    await admin.flushall();
    const send: RedisConnection["send"] = ({ args: [name, ...args] }) => admin.call(name, ...args);
    const { still, sliding } = servicesOver(redisStore({ send, close: async () => {} }));
    const token = await still.sign(1, options);
    const [key = ""] = await admin.keys("*:s:*");
    await admin.multi().del(key).lpush(key, "no session").exec();
    for (const rwt of [still, sliding]) expect(await rwt.verify(token)).toBeNull();
  },
);
