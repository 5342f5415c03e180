import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { expectNoLeak } from "../support/leaks.ts";

import {
  admin,
  data,
  expectOutage,
  healthy,
  kinds,
  password,
  redis,
  rest,
  restUrl,
  secret,
  subject,
} from "./outage-fixture.ts";

describe.each(kinds)("$name", ({ open }) => {
  test("out of memory", async () => {
    const store = open();
    await store.connect();
    await admin.config("SET", "maxmemory", "1", "maxmemory-policy", "noeviction");
    const error = await createRwt({ store, secret })
      .sign(data, { subject })
      .catch((error: unknown) => error);
    expect(error).toMatchObject({ reason: "memory", cause: { code: "OOM" } });
    expectNoLeak(error, { payload: data.mail, subject, key: "rwt:{", secret });
  });

  test("read-only, as an old primary is after a failover", async () => {
    const store = open();
    await store.connect();
    const token = await createRwt({ store, secret }).sign(data);
    await admin.replicaof("127.0.0.1", "1");
    try {
      const error = await createRwt({ store, secret })
        .destroy(token)
        .catch((error: unknown) => error);
      expect(error).toMatchObject({ reason: "readonly", cause: { code: "READONLY" } });
      expectNoLeak(error, { token, key: "rwt:{", secret });
    } finally {
      await admin.replicaof("NO", "ONE");
    }
    // A client that looks its address up again after READONLY may still be on its way back.
    const ended = () =>
      createRwt({ store, secret })
        .destroy(token)
        .catch(() => undefined);
    await expect.poll(ended, { timeout: 5000 }).toBe(true);
  });

  test("a key of the wrong type", async () => {
    const store = open();
    await admin.hset("rwt:{0000}:s:hash", "field", data.mail);
    const error = await store.read("rwt:{0000}:s:hash").catch((error: unknown) => error);
    expect(error).toMatchObject({ reason: "server", cause: { code: "WRONGTYPE" } });
    expectNoLeak(error, { payload: data.mail, key: "rwt:{" });
  });

  test("frozen: an error within the time-out, and an answer once it goes on", async () => {
    const store = open({ timeout: 1000 });
    await store.connect();
    const rwt = createRwt({ store, secret });
    const token = await rwt.sign(data);
    redis.freeze();
    try {
      const error = await rwt.verify(token).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expectNoLeak(error, { token, key: "rwt:{", secret, password });
    } finally {
      redis.thaw();
    }
    await expect
      .poll(() => rwt.verify(token).catch(() => undefined), { timeout: 5000 })
      .toMatchObject({ data });
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
