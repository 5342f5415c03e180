import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { command, query, type RedisCommand, TOUCHES, WRITES } from "../../src/redis/index.ts";
import { bunRedisStore } from "../../src/stores/bun.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { commandsOf } from "../support/commandstats.ts";
import { ownRedis } from "../support/servers.ts";
import { redisKeysOf } from "../token/stored.ts";

const secret = "a secret of the tests, 32 bytes or more";
const OPEN = { ioredis: ioredisStore, "node-redis": nodeRedisStore } as const;

describe.each(Object.entries(OPEN))("%s with replicas: 1", (_, open) => {
  test("a sign and a destroy succeed once a replica has them; without one they are outages, and reads go on", async () => {
    const primary = await ownRedis();
    const replica = await ownRedis({
      args: ["--replicaof", "127.0.0.1", String(primary.port), "--repl-diskless-sync-delay", "0"],
    });
    const admin = new Redis(primary.url);
    const onReplica = new Redis(replica.url);
    onTestFinished(() => {
      for (const client of [admin, onReplica]) client.disconnect();
    });
    await expect
      .poll(() => onReplica.info("replication"), { timeout: 10_000 })
      .toContain("master_link_status:up");
    const store = open(primary.url, { timeout: 1500, replicas: 1 });
    const rwt = createRwt({ store, secret });
    onTestFinished(() => rwt.disconnect());

    // The replica takes part once its first synchronisation is over.
    await expect.poll(() => rwt.sign("first").then(() => "done", String), { timeout: 10_000 }).toBe("done");
    const token = await rwt.sign("in");
    const { session: key } = await redisKeysOf(secret, token);
    expect(await onReplica.exists(key)).toBe(1);
    const kept = await rwt.sign("stays");
    expect(await rwt.destroy(token)).toBe(true);
    expect(await onReplica.exists(key)).toBe(0);

    const counted = await commandsOf(admin, async () => {
      expect((await rwt.verify(kept))?.data).toBe("stays");
      expect(await rwt.extend(kept)).toBe(true);
    });
    expect(counted).not.toHaveProperty("wait");
    const told = async (call: RedisCommand) => (await commandsOf(admin, () => store.run(call))).wait ?? 0;
    expect(await told(query("GET", ["own"]))).toBe(0);
    expect(await told(command("EXPIRE", ["own"], ["9"], TOUCHES))).toBe(0);
    expect(await told(command("SET", ["own"], ["1", "EX", "9"], WRITES))).toBe(1);
    // Of which nothing was told.
    expect(await told(command("DEL", ["own"]))).toBe(1);

    replica.freeze();
    const outage = { code: "ERR_RWT_STORE_UNAVAILABLE", reason: "replicas" };
    await expect(rwt.sign("new")).rejects.toMatchObject(outage);
    await expect(rwt.destroy(kept)).rejects.toMatchObject(outage);
    // It is gone from the primary all the same.
    expect(await rwt.verify(kept)).toBeNull();
    replica.thaw();
    await sleep(50);
    expect(await rwt.verify(await rwt.sign("again"))).toMatchObject({ data: "again" });
  });
});

test("replicas are waited for through one connection alone, and over TCP", () => {
  const refused = expect.objectContaining({ code: "ERR_RWT_OPTION_RANGE", option: "replicas" });
  const one = { replicas: 1 };
  const cluster = new Cluster([{ host: "localhost", port: 1 }], { lazyConnect: true });
  expect(() => ioredisStore(cluster, one)).toThrow(refused);
  expect(() => nodeRedisStore(createCluster({ rootNodes: [{ url: "redis://localhost:1" }] }), one)).toThrow(
    refused,
  );
  expect(() => nodeRedisStore(createClientPool(), one)).toThrow(refused);
  const roots = [{ host: "localhost", port: 1 }];
  expect(() => nodeRedisStore(createSentinel({ name: "main", sentinelRootNodes: roots }), one)).toThrow(
    refused,
  );
  expect(() => ioredisStore("redis://localhost:1", { replicas: -1 })).toThrow(refused);
  expect(() => upstashStore({ url: "https://localhost", token: "t" }, one as never)).toThrow(
    expect.objectContaining({ code: "ERR_RWT_OPTION_UNKNOWN" }),
  );
  nodeRedisStore(createClient(), one);
  expect(() => ioredisStore(new Redis({ lazyConnect: true }), one)).toThrow(refused);
  ioredisStore(new Redis({ lazyConnect: true, autoResendUnfulfilledCommands: false }), one);
  bunRedisStore("redis://localhost:1", one);
});

test('replicas: "all" counts those that are connected, and goes on missing one that was cut off', async () => {
  const primary = await ownRedis();
  const follow = () =>
    ownRedis({
      args: ["--replicaof", "127.0.0.1", String(primary.port), "--repl-diskless-sync-delay", "0"],
    });
  const replicas = [await follow(), await follow()];
  const admin = new Redis(primary.url);
  onTestFinished(() => admin.disconnect());
  const online = async () => (await admin.info("replication")).match(/state=online/g)?.length;
  await expect.poll(online, { timeout: 10_000 }).toBe(2);
  await using rwt = createRwt({
    store: ioredisStore(primary.url, { timeout: 1500, replicas: "all" }),
    secret,
  });
  await expect.poll(() => rwt.sign(1).catch(String), { timeout: 10_000 }).toMatch(/^rwt_/);
  await replicas[0]?.stop();
  await expect(rwt.sign(2)).rejects.toMatchObject({ reason: "replicas" });
});
