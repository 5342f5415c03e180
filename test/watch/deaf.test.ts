import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { watch } from "../../src/watch/index.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { collected, endOf, until } from "./watched.ts";

const redis = await ownRedis();
const secret = "a secret of the watch tests, 32 bytes";

/** A proxy that can drop, without a sign, the connections that subscribe: as a firewall does with idle ones. */
async function forgetfulProxy() {
  const subscribed = new Set<Socket>();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(redis.port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => to.destroy());
      from.on("data", (chunk) => {
        if (from === near && /subscribe/i.test(String(chunk))) subscribed.add(near);
        if (!forgotten.has(near)) to.write(chunk);
      });
    }
  });
  const forgotten = new Set<Socket>();
  atEnd(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forget() {
      for (const socket of subscribed) forgotten.add(socket);
    },
  };
}

test("a connection that hears of no changes any more is noticed, and replaced", async () => {
  const proxy = await forgetfulProxy();
  const calm = createRwt<number>({ store: ioredisStore(redis.url), secret });
  const rwt = createRwt<number>({ store: ioredisStore(proxy.url, { timeout: 300 }), secret }).with(
    watch({ every: 1 }),
  );
  atEnd(() => Promise.all([rwt.disconnect(), calm.disconnect()]));
  // More than a tick looks at by turns, so that it has to be the connection that is noticed.
  const tokens = await Promise.all(Array.from({ length: 1000 }, (_, n) => calm.sign(n)));
  const watches = tokens.map((token) => rwt.watch(token));
  const seen = watches.map(collected);
  await until(() => seen.every(({ length }) => length === 1));
  proxy.forget();
  await calm.destroy(tokens[999]);
  expect((await endOf(watches[999] as (typeof watches)[number])).ms).toBeLessThan(3500);
  // A new one reports within a moment again.
  await until(async () => {
    const [token, watching] = [tokens.pop(), watches.pop()];
    if (token === undefined || watching === undefined) throw new Error("none is left");
    await calm.destroy(token);
    return (await endOf(watching)).ms < 500;
  });
});
