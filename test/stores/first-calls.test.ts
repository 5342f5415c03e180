import { Redis } from "ioredis";
import { createClient, createClientPool, createCluster, createSentinel } from "redis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { ownRedis } from "../support/servers.ts";

const [plain, node] = await Promise.all([
  ownRedis(),
  ownRedis({ args: ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"] }),
]);
const sentinel = await ownRedis({
  config: [`sentinel monitor main 127.0.0.1 ${plain.port} 1`],
  args: ["--sentinel"],
});
const admin = new Redis(node.url);
await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
while (!(await admin.cluster("INFO")).includes("cluster_state:ok"))
  await new Promise((resume) => setTimeout(resume, 20));
await admin.quit();

const kinds = {
  client: () => createClient({ url: plain.url }),
  pool: () => createClientPool({ url: plain.url }),
  cluster: () => createCluster({ rootNodes: [{ url: node.url }] }),
  sentinel: () =>
    createSentinel({ name: "main", sentinelRootNodes: [{ host: "127.0.0.1", port: sentinel.port }] }),
};

test.each(Object.entries(kinds))(
  "calls of the same moment open a caller's node-redis %s together, and are all answered",
  async (_, make) => {
    const client = make();
    client.on("error", () => {});
    const rwt = createRwt({ store: nodeRedisStore(client), secret: "s".repeat(32) });
    // The keys are derived first, so that the calls meet at the client.
    await rwt.verify("");
    const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => rwt.sign(i)));
    expect(await Promise.all(tokens.map(async (token) => (await rwt.verify(token))?.data))).toEqual(
      tokens.map((_, i) => i),
    );
    client.destroy();
  },
);
