import { Redis as UpstashRedis } from "@upstash/redis";
import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownClusterNode, ownRedis, ownRest } from "../support/servers.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
atEnd(() => admin.quit());
const secret = "a secret of the tests, 32 bytes or more";
const users = Array.from({ length: 64 }, (_, i) => i);

const servicesOver = (store: TokenStore) => ({
  still: createRwt<number>({ store, secret }),
  sliding: createRwt<number>({ store, secret, verifyExtendsToken: true }),
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

describe("a cluster's client asks for each key at its own node, by plain commands that a moving slot answers", () => {
  const clients = {
    ioredis: (url: string) => {
      const client = new Cluster([url]);
      atEnd(() => client.disconnect());
      return ioredisStore(client);
    },
    "node-redis": (url: string) => {
      const client = createCluster({ rootNodes: [{ url }] });
      client.on("error", () => {});
      atEnd(() => client.isOpen && client.destroy());
      return nodeRedisStore(client);
    },
  };

  test.each(Object.entries(clients))("%s", async (_, open) => {
    const node = await ownClusterNode();
    const counter = new Redis(node.url);
    atEnd(() => counter.quit());
    const { still, sliding } = servicesOver(open(node.url));
    const tokens = await Promise.all(
      users.map((user) => still.sign(user, user % 2 === 0 ? {} : { subject: `user ${user}` })),
    );
    for (const rwt of [still, sliding]) {
      const sent = await commandsOf(counter, async () => {
        const sessions = await Promise.all(tokens.map((token) => rwt.verify(token)));
        expect(sessions.map((session) => session?.data)).toEqual(users);
      });
      // Session and person of 32, the session alone of 32.
      expect(sent).toMatchObject(rwt === still ? { get: 96 } : { get: 64, getex: 32, expire: 32 });
      expect(sent).not.toHaveProperty("mget");
      expect(sent).not.toHaveProperty("evalsha");
    }
  });
});
