/** What goes over the wire, and what it costs Redis. */
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwtWithSessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { atEnd } from "../support/at-end.ts";
import { commandsOf } from "../support/commandstats.ts";
import { pausingProxy } from "../doubles/pausing-proxy.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { freshSubject, secret } from "./fixture.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
const proxy = await pausingProxy(redis.port);
const overProxy = `redis://127.0.0.1:${proxy.port}`;
atEnd(() => admin.disconnect());

const kinds = [
  ["ioredis", ioredisStore(overProxy), proxy.roundTrips],
  ["node-redis", nodeRedisStore(overProxy), proxy.roundTrips],
  [
    "upstash",
    upstashStore({ url: rest.url, token: rest.token }),
    () => Object.values(rest.requests.paths).reduce((sum, { requests }) => sum + requests, 0),
  ],
] as const;

test.each(kinds)(
  "each operation is one round trip, once Redis knows the scripts: %s",
  async (_, store, trips) => {
    const rwt = createRwtWithSessions({ store, secret, maxSessions: 100 });
    const subject = freshSubject();
    let token = "";
    let id = "";
    const operations: Record<string, () => Promise<unknown>> = {
      sign: async () => (token = await rwt.sign(1, { subject })),
      verify: () => rwt.verify(token),
      extend: () => rwt.extend(token),
      update: () => rwt.update(token, 2),
      updateAll: () => rwt.updateAll(subject, 3),
      list: async () => (id = (await rwt.list(subject)).sessions[0]?.id ?? ""),
      rotate: async () => (token = (await rwt.rotate(token)) ?? ""),
      destroyById: () => rwt.destroyById(subject, id),
      destroy: () => rwt.destroy(token),
      destroyAll: () => rwt.destroyAll(subject),
    };
    // Twice: the first time Redis learns the scripts.
    for (const isKnown of [false, true]) {
      for (const [name, run] of Object.entries(operations)) {
        const before = trips();
        await run();
        if (isKnown) expect([name, trips() - before]).toEqual([name, 1]);
      }
    }
    // A Redis that forgot them is told again.
    await admin.script("FLUSH");
    for (const [name, run] of Object.entries(operations))
      expect([name, await run()]).not.toContain(undefined);
    await rwt.disconnect();
  },
);

// What it costs a subject with 100,000 is bench/sessions.ts's to measure.
test("a subject with many sessions is listed by the page, updated and ended in steps", async () => {
  const store = ioredisStore(redis.url, { timeout: 60_000 });
  const rwt = createRwtWithSessions({ store, secret });
  const subject = freshSubject();
  const sign = () => rwt.sign({ name: "Ada" }, { subject });
  for (let i = 0; i < 50; i++) await Promise.all(Array.from({ length: 100 }, sign));
  const token = await sign();
  const page = await rwt.list(subject, { limit: 10, current: token });
  expect(page.sessions).toHaveLength(10);
  expect((await rwt.list(subject, { limit: 10, cursor: page.cursor })).sessions).toHaveLength(10);
  expect(await rwt.updateAll(subject, { name: "Grace" })).toBe(5001);
  const counted = await commandsOf(admin, async () => {
    expect(await rwt.destroyAll(subject, { except: token })).toBe(5000);
  });
  expect(counted).toMatchObject({ evalsha: 5, del: 5000 });
  expect((await rwt.list(subject)).sessions).toHaveLength(1);
  await rwt.disconnect();
}, 60_000);
