import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { query } from "../../src/redis/command.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { admin, data, expectOutage, healthy, kinds, redis, rest, restUrl } from "../stores/outage-fixture.ts";
import { expectNoLeak } from "../support/leaks.ts";

describe.each(kinds)("$name", ({ open }) => {
  test("a key of the wrong type: no session in a read, as MGET has it; an error in a command", async () => {
    const store = open();
    await admin.hset("rwt:{0000}:s:hash", "field", data.mail);
    const key = { session: "rwt:{0000}:s:hash" };
    const reads = [
      store.read(key),
      store.read(key, { slideTo: 60 }),
      store.read({ session: "rwt:{0000}:s:none" }),
    ];
    expect(await Promise.all(reads)).toMatchObject([{ session: null }, { session: null }, { session: null }]);
    expect(await store.read(key)).toMatchObject({ session: null });
    const error = await store.run(query("GET", [key.session])).catch((error: unknown) => error);
    expect(error).toMatchObject({ reason: "server", cause: { code: "WRONGTYPE" } });
    expectNoLeak(error, { payload: data.mail, key: "rwt:{" });
  });
});

describe("wrong credentials", () => {
  const wrong = `redis://:wrong-password@127.0.0.1:${redis.port}`;
  const none = `redis://127.0.0.1:${redis.port}`;
  const stores: [string, () => TokenStore, string | undefined][] = [
    ["upstash", () => upstashStore({ ...restUrl, token: "wrong-token" }), "auth"],
    ["upstash, a client", () => upstashStore(new UpstashRedis({ ...restUrl, token: "wrong-token" })), "auth"],
    ["ioredis, wrong", () => ioredisStore(wrong), "auth"],
    ["ioredis, none", () => ioredisStore(none), "auth"],
    ["node-redis, wrong", () => nodeRedisStore(wrong), "auth"],
    ["node-redis, none", () => nodeRedisStore(none), "auth"],
  ];
  test.each(stores)("%s", async (_, open, reason) => {
    const store = open();
    await expectOutage(store, healthy, reason);
    await store.disconnect();
  });
});

describe("nobody listens", () => {
  const gone = "redis://127.0.0.1:1";
  const stores: [string, () => TokenStore, string | undefined][] = [
    ["upstash", () => upstashStore({ url: "http://127.0.0.1:1", token: rest.token }), "network"],
    ["ioredis", () => ioredisStore(gone), "network"],
    ["ioredis, no such host", () => ioredisStore("redis://no-such-host.invalid:1"), "network"],
    ["node-redis", () => nodeRedisStore(gone), "network"],
    ["node-redis, no such host", () => nodeRedisStore("redis://no-such-host.invalid:1"), "network"],
    ["ioredis, a client", () => ioredisStore(quiet(new Redis(gone)), { timeout: 150 }), undefined],
    [
      "node-redis, a client",
      () => nodeRedisStore(quiet(createClient({ url: gone })), { timeout: 150 }),
      "timeout",
    ],
  ];
  test.each(stores)("%s", async (_, open, reason) => {
    const store = open();
    await expectOutage(store, healthy, reason);
    await store.disconnect();
  });

  const clients: { disconnect?(): unknown; destroy?(): unknown }[] = [];
  function quiet<Client extends { on(event: "error", listener: () => void): unknown }>(
    client: Client,
  ): Client {
    client.on("error", () => {});
    clients.push(client as never);
    return client;
  }
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy ? client.destroy() : client.disconnect?.();
  });
});
