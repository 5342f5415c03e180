import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { ownRedis } from "../support/servers.ts";

const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
const hasIpv6 = addresses.some(({ address }) => address === "::1");

test.skipIf(!hasIpv6).each([
  ["ioredis", ioredisStore],
  ["node-redis", nodeRedisStore],
] as const)("%s reaches a Redis by an IPv6 address in its URL", async (_, make) => {
  const redis = await ownRedis({ args: ["--bind", "127.0.0.1", "-::1"] });
  await using rwt = createRwt<string>({
    store: make(`redis://[::1]:${redis.port}`),
    secret: "a secret of the tests, 32 bytes or more",
  });
  expect((await rwt.verify(await rwt.sign("Ada")))?.data).toBe("Ada");
});
