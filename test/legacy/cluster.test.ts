import { Cluster, Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { legacy } from "../../src/legacy/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { ownClusterNode } from "../support/servers.ts";
import { signedByOldNode } from "./old-libraries.ts";

const node = await ownClusterNode();
const admin = new Redis(node.url);
const ioredis = new Cluster([node.url]);
const nodeRedis = createCluster({ rootNodes: [{ url: node.url }] });
afterAll(() => Promise.all([ioredis.quit(), nodeRedis.close(), admin.quit()]));

// A script's key comes after its text. A client that takes the text for the key would ask the wrong node.
test.each([
  ["ioredis", ioredisStore(ioredis)],
  ["node-redis", nodeRedisStore(nodeRedis)],
])("old tokens on a Cluster of %s are verified, exchanged, extended and destroyed", async (_, store) => {
  const old = { prefix: "sess:", secret: "az3rty!" };
  const { token } = await signedByOldNode(admin, { ...old, user: { name: "Ada" }, expire: 60 });
  const secret = "a secret of the tests, 32 bytes or more";
  const service = createRwt<Record<string, string>>({ store, secret });
  expect((await service.with(legacy(old)).verify(token))?.data).toEqual({ name: "Ada" });
  const upgrade = ({ name = "" }) => ({ subject: name });
  const rwt = service.with(legacy({ ...old, upgrade })).with(sessions());
  const newToken = (await rwt.verify(token))?.newToken;
  expect((await rwt.verify(newToken))?.data).toEqual({ name: "Ada" });
  expect(await rwt.extend(token)).toBe(true);
  const rotated = await rwt.rotate(newToken);
  expect((await rwt.verify(token))?.newToken).toBe(rotated);
  expect(await rwt.destroy(token)).toBe(true);
  expect(await rwt.verify(rotated)).toBeNull();
  expect((await admin.keys("*")).filter((key) => !key.includes(":p:"))).toEqual([]);
});

test("the only key that a cluster client gets is the hash's", async () => {
  const told: (readonly string[])[] = [];
  const store = redisStore({
    async send({ keys }) {
      told.push(keys);
      return null;
    },
    close: async () => {},
  });
  const rwt = createRwt({ store, secret: "s".repeat(32) }).with(legacy({ prefix: "sess:" }));
  await rwt.verify("0-0-0-0-0");
  expect(told).toEqual([[`sess:${btoa(`0-0-0-0-0${"s".repeat(32)}`)}`]]);
});
