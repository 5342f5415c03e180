import { createClient } from "redis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";

test("what callers have given up leaves node-redis's queue: all writes, and all but a thousand reads", async () => {
  const redis = await ownRedis();
  const client = createClient({ url: redis.url, socket: { reconnectStrategy: 20 } });
  client.on("error", () => {});
  await client.connect();
  atEnd(() => client.destroy());
  const rwt = createRwt({ store: nodeRedisStore(client, { timeout: 500 }), secret });
  const token = await rwt.sign(1);
  await redis.kill();
  // A signal of their own keeps the reads from sharing a command.
  const reads = Array.from({ length: 1500 }, () =>
    rwt.verify(token, { signal: new AbortController().signal }),
  );
  const writes = Array.from({ length: 50 }, () => rwt.extend(token));
  for (const each of await Promise.allSettled([...reads, ...writes])) expect(each.status).toBe("rejected");
  await redis.restart();
  await expect.poll(() => client.isReady).toBe(true);
  // Sent after all that was left in the queue.
  expect(await rwt.verify(token)).toBeNull();
  const { get = 0, evalsha = 0 } = countsIn(await client.info("commandstats"));
  expect(get).toBeLessThanOrEqual(1002);
  expect(evalsha).toBe(0);
});

/** Redis's counts of commands since it started. */
const countsIn = (stats: string): Record<string, number> =>
  Object.fromEntries(
    [...stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g)].map(([, name, calls]) => [name, Number(calls)]),
  );
