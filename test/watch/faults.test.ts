import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { redisStore } from "../../src/redis/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { type WatchOptions, watch } from "../../src/watch/index.ts";
import { faultProxy } from "../doubles/fault-proxy.ts";
import { atEnd } from "../support/at-end.ts";
import { ownCluster, ownRedis, ownRest } from "../support/servers.ts";
import { collected, endOf, until } from "./watched.ts";

const redis = await ownRedis();
const secret = "a secret of the watch tests, 32 bytes";
const outside = new Redis(redis.url);
atEnd(() => outside.disconnect());

/** A service over a store, and one for the same sessions that nothing disturbs. */
function services(store: TokenStore, options?: WatchOptions) {
  const calm = createRwt<number>({ store: ioredisStore(redis.url), secret });
  const rwt = createRwt<number>({ store, secret }).with(watch(options));
  atEnd(() => Promise.all([rwt.disconnect(), calm.disconnect()]));
  return { rwt, calm };
}

const clients = { ioredis: ioredisStore, "node-redis": nodeRedisStore };

for (const [name, open] of Object.entries(clients)) {
  test(`${name}: an outage is no end, and an end during it is told after it`, async () => {
    await using proxy = await faultProxy(redis.port);
    const { rwt, calm } = services(open(`redis://127.0.0.1:${proxy.port}`, { timeout: 300 }), {
      every: 1,
      unknownAfter: 1,
    });
    const [staying, ending] = [await calm.sign(1), await calm.sign(2)];
    const [stays, ends] = [rwt.watch(staying), rwt.watch(ending)];
    const [seen, seenEnding] = [collected(stays), collected(ends)];
    await until(() => seen.length === 1 && seenEnding.length === 1);
    await proxy.break({ refuses: true });
    await calm.destroy(ending);
    await until(() => seen.length === 2);
    expect(seen[1]).toEqual({ type: "unknown" });
    await proxy.mend("are reset");
    expect((await endOf(ends)).end).not.toBeNull();
    await until(() => seen.length === 3);
    expect(seen[2]).toEqual({ type: "known" });
    // Which would say that the session is live.
    expect(seenEnding.map(({ type }) => type)).toEqual(["live", "unknown", "ended"]);
    // And changes are reported again, over a new connection.
    await until(async () => /flags=t/.test((await outside.client("LIST")) as string));
    await calm.destroy(staying);
    expect((await endOf(stays)).ms).toBeLessThan(1500);
    expect(seen.map(({ type }) => type)).toEqual(["live", "unknown", "known", "ended"]);
  });

  test(`${name}: notices a connection that has died without a sign`, async () => {
    await using proxy = await faultProxy(redis.port);
    const { rwt, calm } = services(open(`redis://127.0.0.1:${proxy.port}`, { timeout: 300 }), { every: 1 });
    const token = await calm.sign(1);
    const watching = rwt.watch(token);
    const events = collected(watching);
    await until(() => events.length === 1);
    await proxy.break({ swallows: true });
    await calm.destroy(token);
    await proxy.mend("stay");
    expect((await endOf(watching)).end).not.toBeNull();
  });

  test.each(["-client|tracking", "-client|tracking -eval -evalsha"])(
    `${name}: looks every few seconds where client tracking is refused: %s`,
    async (rights) => {
      await outside.acl(
        "SETUSER",
        "plain",
        "reset",
        "on",
        ">plain",
        "~*",
        "&*",
        "+@all",
        ...rights.split(" "),
      );
      const { rwt, calm } = services(open(redis.url.replace("//", "//plain:plain@")), { every: 1 });
      const token = await rwt.sign(1);
      const watching = rwt.watch(token);
      const events = collected(watching);
      await until(() => events.length === 1);
      await calm.destroy(token);
      expect(await endOf(watching)).toMatchObject({ end: { reason: "ended" } });
    },
  );

  test(`${name}: many watches share one link, which closes with the last`, async () => {
    const url = `${redis.url}/3`;
    const { rwt } = services(open(url), { every: 1 });
    const calm = createRwt<number>({ store: ioredisStore(url), secret });
    atEnd(() => calm.disconnect());
    const connections = async () =>
      String(await outside.client("LIST"))
        .split("\n")
        .filter((line) => / db=3 /.test(line) || /sub=1/.test(line)).length;
    const tokens = await Promise.all(
      Array.from({ length: 300 }, (_, n) => calm.sign(n, { subject: `p${n % 7}` })),
    );
    await rwt.verify(tokens[0]);
    const before = await connections();
    const watches = tokens.flatMap((token) => [rwt.watch(token), rwt.watch(token)]);
    await Promise.all(watches.map((each) => each.next()));
    expect((await connections()) - before).toBe(name === "ioredis" ? 2 : 1);
    await calm.destroy(tokens[5]);
    await Promise.all([watches[10]?.ended, watches[11]?.ended]);
    for (const each of watches) each.stop();
    await until(async () => (await connections()) === before);
    await rwt.disconnect();
  });
}

test("a caller's client is put into no other mode, and its key prefix is kept", async () => {
  const client = new Redis(redis.url, { keyPrefix: "mine:" });
  atEnd(() => client.disconnect());
  const { rwt } = services(ioredisStore(client));
  const token = await rwt.sign(1);
  const watching = rwt.watch(token);
  await watching.next();
  expect(String(await client.client("TRACKINGINFO"))).toMatch(/^flags,off/);
  await rwt.destroy(token);
  const { end, ms } = await endOf(watching);
  expect(end).toEqual({ reason: "destroyed" });
  expect(ms).toBeLessThan(500);
});

test("a cache doesn't delay an end", async () => {
  const { rwt, calm } = services(ioredisStore(redis.url, { cache: { ttl: 60 } }));
  const token = await rwt.sign(1);
  await rwt.verify(token);
  const watching = rwt.watch(token);
  await watching.next();
  await calm.destroy(token);
  expect((await endOf(watching)).ms).toBeLessThan(500);
});

test("a cache from before a rotation doesn't let the old token watch", async () => {
  const { rwt, calm } = services(ioredisStore(redis.url, { cache: { ttl: 60 } }));
  const other = calm.with(sessions());
  const token = await rwt.sign(1);
  await rwt.verify(token);
  await other.verify(await other.rotate(token, { retry: false }));
  expect((await rwt.verify(token))?.data).toBe(1);
  expect((await endOf(rwt.watch(token))).end).toEqual({ reason: "not_live" });
});

test("a value without its lines is no answer, and isn't looked at more often for that", async () => {
  const { rwt } = services(ioredisStore(`${redis.url}/5`), { every: 1 });
  const token = await rwt.sign(1);
  const watching = rwt.watch(token);
  const events = collected(watching);
  await until(() => events.length === 1);
  const looks = async () => Number(/cmdstat_mget:calls=(\d+)/.exec(await outside.info("commandstats"))?.[1]);
  const client = new Redis(`${redis.url}/5`);
  atEnd(() => client.disconnect());
  const [key = ""] = await client.keys("*");
  const value = (await client.get(key)) ?? "";
  const before = await looks();
  await client.set(key, value.split("\n")[0] ?? "", "KEEPTTL");
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect((await looks()) - before).toBeLessThan(6);
  expect(events.map(({ type }) => type)).toEqual(["live"]);
  watching.stop();
});

test("in a cluster, one look every few seconds", async () => {
  const { servers } = await ownCluster(1);
  const [{ port }] = servers as [(typeof servers)[number]];
  const client = new Redis.Cluster([{ host: "127.0.0.1", port }]);
  atEnd(() => client.disconnect());
  const rwt = createRwt({ store: ioredisStore(client), secret }).with(watch({ every: 1 }));
  const tokens = await Promise.all([
    rwt.sign(1, { subject: "a" }),
    rwt.sign(2),
    rwt.sign(3, { subject: "b" }),
  ]);
  const watches = tokens.map((token) => rwt.watch(token));
  await Promise.all(watches.map((each) => each.next()));
  for (const token of tokens) await rwt.destroy(token);
  for (const each of watches) expect((await endOf(each)).end).not.toBeNull();
  await rwt.disconnect();
});

test("over HTTP, all watched sessions share one request, and an unwatched service sends none", async () => {
  const rest = await ownRest(redis);
  let requests = 0;
  const real = globalThis.fetch;
  globalThis.fetch = (...args: Parameters<typeof fetch>) => {
    requests++;
    return real(...args);
  };
  atEnd(() => {
    globalThis.fetch = real;
  });
  const { rwt, calm } = services(upstashStore({ url: rest.url, token: rest.token }), { every: 1 });
  const tokens = await Promise.all(
    Array.from({ length: 1000 }, (_, n) => calm.sign(n, { subject: `p${n % 9}` })),
  );
  const watches = tokens.map((token) => rwt.watch(token));
  await Promise.all(watches.map((each) => each.next()));
  const atStart = requests;
  await until(() => requests > atStart);
  await calm.destroy(tokens[77]);
  await watches[77]?.ended;
  expect(atStart).toBeLessThanOrEqual(2);
  expect(requests - atStart).toBeLessThanOrEqual(3);
  for (const each of watches) each.stop();
  const atLast = requests;
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(requests).toBe(atLast);
});

test("a link that can't be opened costs a sweep a second, no more", async () => {
  const client = new Redis(redis.url);
  atEnd(() => client.disconnect());
  let [sent, tried] = [0, 0];
  const store = redisStore({
    send({ args: [name, ...args] }) {
      sent++;
      return client.call(name, ...args);
    },
    oneServer: true,
    async track() {
      tried++;
      throw new Error("ECONNREFUSED");
    },
    close: async () => {},
  });
  const { rwt, calm } = services(store);
  const token = await calm.sign(1);
  const watching = rwt.watch(token);
  await watching.next();
  await calm.destroy(token);
  expect((await endOf(watching, 2500)).end).toEqual({ reason: "ended" });
  expect(sent).toBeLessThan(5);
  expect(tried).toBeLessThan(5);
});

test("a schema that never answers doesn't delay an end", async () => {
  let isStuck = false;
  const validate = async (value: unknown) => {
    isStuck = value === 2;
    if (isStuck) await new Promise(() => {});
    return { value: value as number };
  };
  const schema = { "~standard": { version: 1, vendor: "test", validate } } as const;
  const plain = createRwt<number>({ store: ioredisStore(redis.url), secret }).with(sessions());
  const rwt = createRwt({ store: ioredisStore(redis.url), secret })
    .with(sessions({ schema }))
    .with(watch());
  atEnd(() => Promise.all([rwt.disconnect(), plain.disconnect()]));
  const token = await plain.sign(1);
  const watching = rwt.watch(token);
  const events = collected(watching);
  await until(() => events.length === 1);
  await plain.update(token, 2);
  await until(() => isStuck);
  await plain.destroy(token);
  expect((await endOf(watching)).end).toEqual({ reason: "destroyed" });
});
