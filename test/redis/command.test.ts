import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { command, query, type RedisCommand, TOUCHES, WRITES } from "../../src/redis/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { personKeys, sessionKeys } from "../../src/token/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ownCluster } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

describe("a command is data", () => {
  test("its words are the name's, the keys and the other arguments; what it does is told, not guessed", () => {
    const get = query("GET", ["k"]);
    expect(get).toEqual({ name: "GET", keys: ["k"], args: ["GET", "k"], write: false });
    expect(command("SET", ["k"], ["v", "XX"], WRITES)).toEqual({
      name: "SET",
      keys: ["k"],
      args: ["SET", "k", "v", "XX"],
      write: true,
    });
    expect(query("OBJECT ENCODING", ["k"])).toMatchObject({
      name: "OBJECT ENCODING",
      keys: ["k"],
      args: ["OBJECT", "ENCODING", "k"],
    });
    expect(command("EXPIRE", ["k"], ["5"], TOUCHES)).toMatchObject({ write: true, expendable: true });
    expect(query("PING")).toEqual({ name: "PING", keys: [], args: ["PING"], write: false });
  });

  test("one of which nothing is told counts as a write, which costs a little and is never wrong", () => {
    expect(command("DEL", ["k"])).toMatchObject({ write: true });
    expect(command("DEL", ["k"]).expendable).toBeUndefined();
  });
});

describe("in a cluster of three masters a command goes where its keys are", async () => {
  const cluster = await ownCluster();
  const ioredis = new Cluster([...cluster.urls]);
  const nodeRedis = createCluster({ rootNodes: cluster.urls.map((url) => ({ url })) });
  nodeRedis.on("error", () => {});
  atEnd(() => {
    ioredis.disconnect();
    if (nodeRedis.isOpen) nodeRedis.destroy();
  });
  const kinds: [string, TokenStore][] = [
    ["ioredis", ioredisStore(ioredis)],
    ["node-redis", nodeRedisStore(nodeRedis)],
  ];
  /** Keys all over the slots. */
  const keys = Array.from({ length: 24 }, (_, i) => `key ${i}`);

  test.each(kinds)("%s: whatever its name's words are", async (_, store) => {
    for (const key of keys) {
      expect(await store.run(command("SET", [key], ["v", "EX", "60"], WRITES))).toBe("OK");
      expect(await store.run(query("OBJECT ENCODING", [key]))).toBe("embstr");
      expect(await store.run(query("OBJECT REFCOUNT", [key]))).toBe(1);
      expect(await store.run(query("MEMORY USAGE", [key]))).toBeGreaterThan(0);
    }
    const everywhere = await Promise.all(cluster.masters.map((master) => master.dbsize()));
    for (const size of everywhere) expect(size).toBeGreaterThan(0);
    const gone = await store.runAll(keys.map((key) => command("DEL", [key], [], WRITES)));
    expect(gone).toEqual(keys.map(() => 1));
  });

  test.each(kinds)("%s: sessions of many persons, each in one slot", async (_, store) => {
    const rwt = createRwt({ store, secret, verifyExtendsToken: true });
    const tokens = await Promise.all(
      Array.from({ length: 24 }, (_, i) => rwt.sign(i, { subject: `user ${i}` })),
    );
    for (const [i, token] of tokens.entries()) {
      expect((await rwt.verify(token))?.data).toBe(i);
      expect(await rwt.extend(token)).toBe(true);
      expect(await rwt.destroy(token)).toBe(true);
    }
  });

  test.each(kinds)(
    "%s: a slot that is half moved is waited for, and no answer is wrong",
    async (_, store) => {
      const rwt = createRwt({ store, secret });
      const token = await rwt.sign("here", { subject: "someone who moves" });
      const [from, to] = [cluster.masters[0], cluster.masters[1]];
      const key = (await Promise.all(cluster.masters.map((master) => master.keys("*:p:*")))).flat()[0] ?? "";
      const slot = Number(await from?.cluster("KEYSLOT", key));
      const owners = await Promise.all(cluster.masters.map((master) => master.exists(key).catch(() => 0)));
      const [source, target] = owners[0] === 1 ? [from, to] : [cluster.masters[owners.indexOf(1)], from];
      const ids = await Promise.all(
        [source, target].map(async (master) => String(await master?.call("CLUSTER", "MYID"))),
      );
      const [sourceId = "", targetId = ""] = ids;
      await target?.call("CLUSTER", "SETSLOT", slot, "IMPORTING", sourceId);
      await source?.call("CLUSTER", "SETSLOT", slot, "MIGRATING", targetId);
      const port = String(target?.options.port);
      const move = async (keys: string[]) =>
        source?.call("MIGRATE", "127.0.0.1", port, "", "0", "5000", "KEYS", ...keys);
      await move([key]);
      // Keys on two nodes: what names both is answered TRYAGAIN, and a plain read isn't.
      expect((await rwt.verify(token))?.data).toBe("here");
      const extended = rwt.extend(token);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await move((await source?.call("CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[]);
      for (const master of [target, source]) await master?.call("CLUSTER", "SETSLOT", slot, "NODE", targetId);
      expect(await extended).toBe(true);
      expect((await rwt.verify(token))?.data).toBe("here");
      expect(await rwt.destroy(token)).toBe(true);
      for (const master of cluster.masters) await master.flushall();
    },
  );
});

test("keys of one person have one hash tag, whatever the prefix", () => {
  const [person, lookup] = [bytes(12, 7), bytes(16, 9)];
  const tag = (key: string | undefined) => /\{[^}]*\}/.exec(key ?? "")?.[0];
  for (const prefix of ["", "rwt:", "a b:ü:", "}"].slice(0, 3)) {
    const { session, person: own, index } = sessionKeys(prefix, lookup, person);
    expect([session, own, index].map(tag)).toEqual(["{0707}", "{0707}", "{0707}"]);
    expect(personKeys(prefix, person).session(session.slice(-22))).toBe(session);
    expect(tag(sessionKeys(prefix, lookup, undefined).session)).toBe("{0909}");
  }
});

test("a client of a single server is no cluster's: Redis itself says so", async () => {
  const cluster = await ownCluster(1);
  const client = new Redis(cluster.urls[0] ?? "");
  atEnd(() => client.disconnect());
  const store = ioredisStore(client);
  const crossing: RedisCommand = query("MGET", ["a", "b"]);
  await expect(store.run(crossing)).rejects.toMatchObject({ reason: "server", cause: { code: "CROSSSLOT" } });
});
