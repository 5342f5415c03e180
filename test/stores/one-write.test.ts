import { Cluster, Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { type IoredisClient, ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownCluster, ownRedis } from "../support/servers.ts";

const AT_ONCE = 64;

/** How many system calls write to a client's connections while `work` runs. */
async function writesDuring(connections: readonly Redis[], work: () => Promise<unknown>): Promise<number> {
  let writes = 0;
  for (const { stream } of connections) {
    const count = <Args extends unknown[]>(write: ((...args: Args) => void) | undefined) =>
      function counted(this: unknown, ...args: Args): void {
        writes++;
        write?.apply(this, args);
      };
    Object.assign(stream, {
      _write: count(stream._write),
      ...(stream._writev && { _writev: count(stream._writev) }),
    });
  }
  await work();
  return writes;
}

async function verifiesOf(client: Redis | Cluster): Promise<() => Promise<unknown>> {
  const rwt = createRwt({
    store: ioredisStore(client as unknown as IoredisClient),
    secret: "a secret of the tests, 32 bytes or more",
  });
  const tokens = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => rwt.sign(i)));
  return () => Promise.all(tokens.map((token) => rwt.verify(token)));
}

test("64 checks of one tick take few writes", async () => {
  const client = new Redis((await ownRedis()).url);
  atEnd(() => client.disconnect());
  const verify = await verifiesOf(client);
  expect(await writesDuring([client], verify)).toBeLessThanOrEqual(4);
});

test("on a cluster, 64 checks of one tick take a few writes to each master", async () => {
  const { urls } = await ownCluster();
  const cluster = new Cluster(urls.map((url) => ({ host: "127.0.0.1", port: Number(new URL(url).port) })));
  atEnd(() => cluster.disconnect());
  const verify = await verifiesOf(cluster);
  expect(await writesDuring(cluster.nodes("master"), verify)).toBeLessThanOrEqual(4 * urls.length);
});
