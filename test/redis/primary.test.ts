import { Redis } from "ioredis";
import { createCluster, createSentinel } from "redis";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";
/** Lets a replica begin at once, rather than after 5 seconds. */
const prompt = ["--repl-diskless-sync-delay", "0"];

const adminOf = (url: string): Redis => {
  const admin = new Redis(url);
  atEnd(() => admin.disconnect());
  return admin;
};

/** How many reads Redis counted. */
const readsOf = async (admin: Redis): Promise<number> =>
  [...(await admin.info("commandstats")).matchAll(/^cmdstat_get(?:ex)?:calls=(\d+)/gm)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  );

const isReplicating = async (admin: Redis) => /master_link_status:up/.test(await admin.info("replication"));

/** A session that has just been ended may still live there, so no answer of a replica's counts. */
describe("a replica is never asked, even where the caller's client asks them otherwise: node-redis", () => {
  const check = async (store: Parameters<typeof nodeRedisStore>[0], primary: Redis, replica: Redis) => {
    const rwt = createRwt({ store: nodeRedisStore(store), secret });
    const token = await rwt.sign(1);
    await primary.config("RESETSTAT");
    await replica.config("RESETSTAT");
    for (let i = 0; i < 20; i++) expect(await rwt.verify(token)).toMatchObject({ data: 1 });
    expect(await rwt.destroy(token)).toBe(true);
    expect([await readsOf(primary), await readsOf(replica)]).toEqual([20, 0]);
  };

  test("cluster", async () => {
    const args = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1", ...prompt];
    const [one, two] = await Promise.all([ownRedis({ args }), ownRedis({ args })]);
    const [primary, replica] = [adminOf(one.url), adminOf(two.url)];
    await primary.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    const id = String(await primary.call("CLUSTER", "MYID"));
    await replica.call("CLUSTER", "MEET", "127.0.0.1", String(one.port));
    const follow = () => replica.call("CLUSTER", "REPLICATE", id).catch(() => undefined);
    await expect.poll(follow, { timeout: 10_000 }).toBe("OK");
    await expect.poll(() => isReplicating(replica), { timeout: 10_000 }).toBe(true);
    await expect.poll(() => primary.cluster("INFO"), { timeout: 10_000 }).toContain("cluster_state:ok");
    // A replica is announced once it has replicated something.
    await primary.set("something", "");
    const nodes = async () => ((await primary.call("CLUSTER", "SLOTS")) as unknown[][])[0]?.slice(2).length;
    await expect.poll(nodes, { timeout: 10_000 }).toBe(2);

    const client = createCluster({ rootNodes: [{ url: one.url }], useReplicas: true });
    client.on("error", () => {});
    await client.connect();
    expect(client.replicas).toHaveLength(1);
    await check(client, primary, replica);
    client.destroy();
  });

  test("sentinel", async () => {
    const [one, two] = await Promise.all([ownRedis({ args: prompt }), ownRedis()]);
    const [primary, replica] = [adminOf(one.url), adminOf(two.url)];
    await replica.replicaof("127.0.0.1", String(one.port));
    await expect.poll(() => isReplicating(replica), { timeout: 10_000 }).toBe(true);
    const three = await ownRedis({
      config: [`sentinel monitor main 127.0.0.1 ${one.port} 1`],
      args: ["--sentinel"],
    });
    const sentinel = adminOf(three.url);
    const known = async () => ((await sentinel.call("SENTINEL", "REPLICAS", "main")) as unknown[]).length;
    await expect.poll(known, { timeout: 15_000 }).toBe(1);

    const client = createSentinel({
      name: "main",
      sentinelRootNodes: [{ host: "127.0.0.1", port: three.port }],
      replicaPoolSize: 1,
    });
    client.on("error", () => {});
    await client.connect();
    await check(client, primary, replica);
    client.destroy();
  });
});
