import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { type RedisConnection, redisStore } from "../../src/redis/index.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { requestCases } from "../conformance/request-cases.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownClusterNode, ownRedis, ownRest } from "../support/servers.ts";
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

  test("leave as one request, or over TCP as a few commands, and each has its own answer", async () => {
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    for (const rwt of [still, sliding]) {
      // The script's text is sent where Redis doesn't know it yet.
      await Promise.all(tokens.map((token) => rwt.verify(token)));
      const sent = await commandsOf(admin, async () => {
        const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
        expect(sessions.map((session) => session?.data)).toEqual(users);
      });
      const slid = overHttp ? { getex: 64 } : { evalsha: 4, getex: 64 };
      expect(sent).toEqual(rwt === still ? { mget: overHttp ? 1 : 4 } : slid);
    }
  });

  test("slide each session's own time-out", async () => {
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

  test("of one token are one read; once it is under way, they are another", async () => {
    const token = await still.sign(1);
    const sent = await commandsOf(admin, async () => {
      const first = [still.verify(token), still.verify(token)];
      await turnOfTheLoop();
      await turnOfTheLoop();
      await Promise.all([...first, still.verify(token)]);
    });
    expect(sent).toEqual({ get: 2 });
  });

  test("of several ticks leave as one command, but over HTTP, and where the client itself waits for the turn", async () => {
    const tokens = await Promise.all([1, 2, 3].map((user) => still.sign(user)));
    const sent = await commandsOf(admin, async () => {
      // As the requests of three clients, whose bytes have come in by one turn.
      const sessions = tokens.map((token) => turnOfTheLoop().then(() => still.verify(token)));
      expect((await Promise.all(sessions)).map((session) => session?.data)).toEqual([1, 2, 3]);
    });
    expect(sent).toEqual(overHttp || name.startsWith("node-redis") ? { get: 3 } : { mget: 1 });
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

  test("fail apart where one key alone is amiss", async () => {
    await admin.flushall();
    const lost = await still.sign(0);
    const [key = ""] = await admin.keys("*");
    await admin.del(key);
    await admin.lpush(key, "no session");
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    const outcomes = await Promise.allSettled([lost, ...tokens].map((token) => sliding.verify(token)));
    const [amiss, ...others] = outcomes;
    expect(amiss).toMatchObject({ status: "rejected", reason: { reason: "server" } });
    expect(others).toEqual(
      users.map((data) => ({ status: "fulfilled", value: expect.objectContaining({ data }) })),
    );
    await admin.del(key);
  });

  test("of more than a few hundred leave in parts", async () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const tokens = await Promise.all(many.map((user) => still.sign(user)));
    const sent = await commandsOf(admin, async () => {
      const sessions = await Promise.all(tokens.map((token) => still.verify(token)));
      expect(sessions.map((session) => session?.data)).toEqual(many);
    });
    expect(sent).toEqual({ mget: overHttp ? 3 : 4 });
  });
});

describe("a connection that tells turns", () => {
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
    expect(log).toEqual(Array.from({ length: 4 }, () => ["turn", "MGET"]).flat());
  });

  test("lets all leave in one where it makes one request of several", async () => {
    const sendAll: RedisConnection["sendAll"] = (commands, signal) =>
      Promise.all(commands.map((command) => connection.send(command, signal)));
    await verifyAllOver(redisStore({ ...connection, sendAll }));
    expect(log).toEqual(["turn", "MGET"]);
  });
});

describe("a Redis that refuses many keys in one command gets them one by one, and is asked so but once", () => {
  const kinds = (url: string) => [
    { name: "ioredis", store: ioredisStore(url) },
    { name: "node-redis", store: nodeRedisStore(url) },
  ];

  async function check(store: TokenStore, counter: Redis, refused: { plain: string; sliding: string }) {
    const { still, sliding } = servicesOver(store);
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    for (const rwt of [still, sliding]) {
      const one = rwt === still ? "get" : "getex";
      for (const round of ["first", "second"]) {
        const sent = await commandsOf(counter, async () => {
          const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
          expect(sessions.map((session) => session?.data)).toEqual(users);
        });
        expect(sent).toMatchObject({ [one]: 64 });
        const many = sent[rwt === still ? refused.plain : refused.sliding] ?? 0;
        // Some refusals Redis counts as calls, and some it doesn't.
        expect(many).toBeLessThanOrEqual(round === "first" ? 1 : 0);
      }
    }
    await store.disconnect();
  }

  test("a node of a cluster, by a client that knows nothing of it", async () => {
    const node = await ownClusterNode();
    const counter = new Redis(node.url);
    atEnd(() => counter.quit());
    for (const { store } of kinds(node.url))
      await check(store, counter, { plain: "mget", sliding: "evalsha" });
  });

  test("a user who may not", async () => {
    await admin.call("ACL", "SETUSER", "few", "on", "nopass", "~*", "+@connection", "+set", "+get", "+getex");
    const url = redis.url.replace("://", "://few:any@");
    for (const { store } of kinds(url)) await check(store, admin, { plain: "mget", sliding: "evalsha" });
  });

  test("the same over HTTP: a refused MGET becomes one request of many commands", async () => {
    const client = new UpstashRedis({ url: rest.url, token: rest.token });
    const refusing = new Proxy(client, {
      get: (target, name) =>
        name === "exec"
          ? async (command: [string, ...string[]]) => {
              if (command[0] === "MGET") throw new Error("NOPERM this user has no permissions");
              return target.exec(command);
            }
          : Reflect.get(target, name, target),
    });
    const { still } = servicesOver(upstashStore(refusing));
    const tokens = await Promise.all(users.map((user) => still.sign(user)));
    for (let i = 0; i < 2; i++) {
      const sessions = await Promise.all(tokens.map((token) => still.verify(token)));
      expect(sessions.map((session) => session?.data)).toEqual(users);
    }
  });
});

test("a cluster's client asks for each key at its own node", async () => {
  const node = await ownClusterNode();
  const client = createClient({ url: node.url });
  atEnd(() => client.isOpen && client.destroy());
  const { Cluster } = await import("ioredis");
  const cluster = new Cluster([node.url]);
  atEnd(() => cluster.disconnect());
  const counter = new Redis(node.url);
  atEnd(() => counter.quit());
  const { still } = servicesOver(ioredisStore(cluster));
  const tokens = await Promise.all(users.map((user) => still.sign(user)));
  const sent = await commandsOf(counter, async () => {
    const sessions = await Promise.all(tokens.map((token) => still.verify(token)));
    expect(sessions.map((session) => session?.data)).toEqual(users);
  });
  expect(sent).toMatchObject({ get: 64 });
  expect(sent).not.toHaveProperty("mget");
});
