import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, expect, test } from "vitest";
import { createRwtWithLegacy } from "../../src/legacy/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { redisStore } from "../../src/redis/index.ts";
import { ownClusterNode } from "../support/servers.ts";
import { signedByOldNode } from "./old-libraries.ts";

const node = await ownClusterNode();
const admin = new Redis(node.url);
const ioredis = new Cluster([node.url]);
const nodeRedis = createCluster({ rootNodes: [{ url: node.url }] });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close(), admin.quit()]));

// A script's key comes after its text: a client that took the text for the key would ask the wrong node.
test.each([
  ["ioredis", ioredisStore(ioredis)],
  ["node-redis", nodeRedisStore(nodeRedis)],
])("old tokens on a Cluster of %s are verified, exchanged, extended and destroyed", async (_, store) => {
  const legacy = { prefix: "sess:", secret: "az3rty!" };
  const { token } = await signedByOldNode(admin, { ...legacy, user: { name: "Ada" }, expire: 60 });
  const secret = "a secret of the tests, 32 bytes or more";
  expect((await createRwtWithLegacy({ store, secret, legacy }).verify(token))?.data).toEqual({ name: "Ada" });
  const rwt = createRwtWithLegacy({ store, secret, legacy: { ...legacy, upgrade: true } });
  const newToken = (await rwt.verify(token))?.newToken;
  expect((await rwt.verify(newToken))?.data).toEqual({ name: "Ada" });
  expect(await rwt.extend(token)).toBe(true);
  expect(await rwt.destroy(token)).toBe(true);
  expect(await rwt.verify(newToken)).toBeNull();
  expect(await admin.dbsize()).toBe(0);
});

test("the key that a cluster client is told is the hash's, not the script's text", async () => {
  const keys: (string | undefined)[] = [];
  const store = redisStore({
    async send({ key }) {
      keys.push(key);
      return null;
    },
    close: async () => {},
  });
  const rwt = createRwtWithLegacy({ store, secret: "s".repeat(32), legacy: { prefix: "sess:" } });
  await rwt.verify("0-0-0-0-0");
  expect(keys).toEqual([`sess:${btoa(`0-0-0-0-0${"s".repeat(32)}`)}`]);
});
