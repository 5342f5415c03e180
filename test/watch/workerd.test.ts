/** Watches in workerd: in a Durable Object, whose sockets share a look at Redis, and in plain requests, which share nothing. */
import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { startWorker } from "../support/worker.ts";
import { handshake, openSocket } from "./socket.ts";
import { until } from "./watched.ts";

const secret = "a secret of the watch tests, 32 bytes";
const redis = await ownRedis();
const rest = await ownRest(redis);
const elsewhere = createRwt<{ id: string }>({ store: ioredisStore(redis.url), secret });
atEnd(() => elsewhere.disconnect());

const variables = {
  UPSTASH_REDIS_REST_URL: rest.url,
  UPSTASH_REDIS_REST_TOKEN: rest.token,
  RWT_SECRET: secret,
};

describe.each([
  {
    name: "a Durable Object",
    module: "../../examples/live-revocation/durable-object.ts",
    durableObjects: { ROOM: "Room" },
    shares: true,
  },
  { name: "a plain Worker", module: "plain-worker.ts", durableObjects: {}, shares: false },
])("in $name", ({ module, durableObjects, shares }) => {
  test("closes each socket whose session ends, and no other, also while others come and go", async () => {
    const origin = await startWorker(new URL(module, import.meta.url), { variables, durableObjects });
    const url = `${origin.replace("http", "ws")}/socket`;
    const tokens = await Promise.all(
      Array.from({ length: 12 }, (_, n) => elsewhere.sign({ id: `user ${n}` })),
    );
    const [first = ""] = tokens;
    expect(await handshake(url, { origin: "https://evil.example", token: first })).toBe(403);
    expect(await handshake(url, { origin })).toBe(401);
    // What opens no WebSocket leaves no watch, as the requests at the end show.
    const headers = { Origin: origin, Cookie: `__Host-rwt=${first}` };
    const plain = await fetch(`${origin}/socket`, { headers });
    expect(plain.status).toBe(426);

    const sockets = await Promise.all(tokens.map((token) => openSocket(url, { origin, token })));
    expect(sockets.map(({ greeting }) => greeting)).toEqual(tokens.map((_, n) => `hello user ${n}`));
    // The request that came first goes away. Nobody may have waited for its I/O.
    sockets[0]?.close();
    await elsewhere.destroy(tokens[5]);
    const from = performance.now();
    expect(await sockets[5]?.closed).toMatchObject({ code: 4401 });
    expect(performance.now() - from).toBeLessThan(2500);
    expect(sockets.filter(({ isOpen }) => isOpen())).toHaveLength(10);

    rest.faults.hang = true;
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(sockets.filter(({ isOpen }) => isOpen())).toHaveLength(10);
    rest.faults.reset();

    rest.requests.reset();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const { requests } = rest.requests.total;
    if (shares) expect(requests).toBeLessThanOrEqual(4);
    else expect(requests).toBeGreaterThanOrEqual(20);
    await Promise.all(tokens.slice(6).map((token) => elsewhere.destroy(token)));
    for (const socket of sockets.slice(6)) expect((await socket.closed).code).toBe(4401);
    for (const socket of sockets) socket.close();
    await until(() => sockets.every(({ isOpen }) => !isOpen()));
    // Nobody watches any more, so nobody asks.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    rest.requests.reset();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(rest.requests.total.requests).toBe(0);
  });
});
