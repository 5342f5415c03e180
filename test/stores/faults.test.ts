import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterEach, describe, expect, test } from "vitest";
import { createRwt, StoreUnavailableError } from "../../src/index.ts";
import type { TokenStore } from "../../src/store.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { redisStore } from "../../src/stores/redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { expectNoLeak } from "../support/leaks.ts";
import { ownRedis, ownRest } from "../support/servers.ts";
import { storeKinds } from "../support/store-kinds.ts";

const password = "P4ssw0rd-of-the-redis-server";
const redis = await ownRedis({ password });
const rest = await ownRest(redis);
const admin = new Redis(redis.url);
const restUrl = { url: rest.url, token: rest.token };

const secret = "S3CRET-that-no-error-may-show-anywhere";
const data = { mail: "ada.lovelace@users.example" };
const subject = "subject-of-ada-lovelace";
const meta = { device: "device-of-ada-lovelace" };

/** Runs every operation on a store that fails; each must say so, and show nothing. */
async function expectOutage(store: TokenStore, healthy: TokenStore, reason?: string): Promise<void> {
  const rwt = createRwt({ store, secret, verifyExtendsToken: true });
  const token = await createRwt({ store: healthy, secret }).sign(data, { subject, meta });
  const calls = {
    sign: () => rwt.sign(data, { subject, meta }),
    verify: () => rwt.verify(token),
    "plain verify": () => createRwt({ store, secret }).verify(token),
    extend: () => rwt.extend(token),
    destroy: () => rwt.destroy(token),
    connect: () => rwt.connect(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const error = await call().catch((error: unknown) => error);
    expect(error, name).toBeInstanceOf(StoreUnavailableError);
    expect(error, name).toMatchObject({ code: "ERR_RWT_STORE_UNAVAILABLE" });
    if (reason !== undefined) expect(error, name).toMatchObject({ reason });
    expectNoLeak(error, {
      token,
      "token's end": token.slice(-24),
      secret,
      password,
      "REST token": rest.token,
      payload: data.mail,
      subject,
      device: meta.device,
      key: "rwt:{",
    });
  }
  expectNoLeak([rwt, store], { secret, password, "REST token": rest.token });
}

afterEach(async () => {
  rest.faults.reset();
  if (admin.status === "ready") await admin.config("SET", "maxmemory", "0");
});

const healthy = ioredisStore(redis.url);
const kinds = storeKinds(redis, rest);

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

describe("HTTP", () => {
  const html = "<html><body>rwt:{beef} ada.lovelace@users.example</body></html>";
  const faults: [string, () => void, string][] = [
    ["401", () => (rest.faults.status = { code: 401, body: '{"error":"Unauthorized"}' }), "auth"],
    ["429, quota", () => (rest.faults.status = { code: 429, body: quota }), "quota"],
    ["400, quota", () => (rest.faults.status = { code: 400, body: quota }), "quota"],
    ["500 in JSON", () => (rest.faults.status = { code: 500, body: `{"error":"${data.mail}"}` }), "server"],
    [
      "502 in HTML",
      () => (rest.faults.status = { code: 502, body: html, contentType: "text/html" }),
      "reply",
    ],
    [
      "200 in HTML",
      () => (rest.faults.status = { code: 200, body: html, contentType: "text/html" }),
      "reply",
    ],
    ["an empty body", () => (rest.faults.status = { code: 200, body: "" }), "reply"],
    [
      "a result that is an object",
      () => (rest.faults.status = { code: 200, body: '{"result":{"a":[1]}}' }),
      "reply",
    ],
    [
      "a result of another command",
      () => (rest.faults.status = { code: 200, body: '{"result":7}' }),
      "reply",
    ],
    ["no result", () => (rest.faults.status = { code: 200, body: "{}" }), "reply"],
    ["an answer cut in the middle", () => (rest.faults.truncate = true), "reply"],
    ["a connection dropped before the command", () => (rest.faults.dropBefore = true), "network"],
    ["a connection dropped after the command", () => (rest.faults.dropAfter = true), "network"],
    ["no answer", () => (rest.faults.hang = true), "timeout"],
    ["a late answer", () => (rest.faults.latencyMs = 400), "timeout"],
  ];
  const quota = '{"error":"ERR max requests limit exceeded. Limit: 500000, Usage: 500001."}';
  const oneTry = { retry: { retries: 0 } };
  // Short only where time shall run out: a busy machine answers late.
  const patience = (reason: string) => (reason === "timeout" ? 150 : 10_000);

  test.each(faults)("%s", async (_, breakIt, reason) => {
    breakIt();
    await expectOutage(upstashStore(restUrl, { timeout: patience(reason) }), healthy, reason);
  });

  // To a client that deserializes, an object and the JSON text of one look alike: as a session it opens nothing.
  const tellable = faults.filter(([name]) => name !== "a result that is an object");
  test.each(tellable)("%s, with the caller's client", async (_, breakIt, reason) => {
    breakIt();
    await expectOutage(
      upstashStore(new UpstashRedis({ ...restUrl, ...oneTry }), { timeout: patience(reason) }),
      healthy,
      reason,
    );
  });
});

describe("whatever a client throws", () => {
  const raw = `ERR ${secret} ${password} rwt:{beef}:s:x`;
  const thrown: [string, unknown, string][] = [
    ["nothing", undefined, "network"],
    ["a text", raw, "network"],
    [
      "an error that holds everything",
      Object.assign(new Error(raw), { command: [raw], code: raw }),
      "server",
    ],
    [
      "causes in causes",
      new Error(raw, { cause: new Error("x", { cause: new Error(`LOADING ${raw}`) }) }),
      "server",
    ],
    [
      "an AggregateError",
      new AggregateError([Object.assign(new Error(raw), { code: "ECONNREFUSED" })], "x"),
      "server",
    ],
    ["a name of its own", Object.assign(new Error("x"), { name: raw }), "network"],
    ["a code that looks like a Redis one", new Error(`S3CRET ${raw}`), "network"],
    ["LOADING", new Error("LOADING Redis is loading the dataset in memory"), "loading"],
    ["NOPERM", new Error("NOPERM this user has no permissions"), "auth"],
    ["MISCONF", new Error("MISCONF Redis is configured to save RDB snapshots"), "server"],
    ["a cycle of causes", cyclicCause(), "network"],
    ["a code that isn't the system's", Object.assign(new Error("x"), { code: password }), "network"],
    ["a word that isn't a code", new Error(`${"password".toUpperCase()} ${password}`), "network"],
  ];
  test.each(thrown)("%s", async (_, error, reason) => {
    const broken = redisStore({
      send: () => Promise.reject(error),
      close: async () => {},
    });
    await expectOutage(broken, healthy, reason);
  });

  const told: [unknown, string, string | undefined][] = [
    [new Error("MASTERDOWN Link with MASTER is down"), "loading", "MASTERDOWN"],
    [new Error("CLUSTERDOWN The cluster is down"), "server", "CLUSTERDOWN"],
    [new Error("NOAUTH Authentication required."), "auth", "NOAUTH"],
    [new Error("PASSWORD12 in the message"), "network", undefined],
    [new Error("HUNTER in the message"), "network", undefined],
    [Object.assign(new Error("x"), { code: "ECONNRESET" }), "network", "ECONNRESET"],
    [Object.assign(new Error("x"), { code: "UND_ERR_SOCKET" }), "network", "UND_ERR_SOCKET"],
    [Object.assign(new Error("x"), { code: password }), "network", undefined],
    [
      new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ENOTFOUND" }) }),
      "network",
      "ENOTFOUND",
    ],
    [
      new AggregateError([Object.assign(new Error("x"), { code: "ECONNREFUSED" })]),
      "network",
      "ECONNREFUSED",
    ],
    [new DOMException("signal timed out", "TimeoutError"), "timeout", undefined],
  ];
  test.each(told)("%s keeps its reason and its code", async (error, reason, code) => {
    const broken = redisStore({ send: () => Promise.reject(error), close: async () => {} });
    const thrown = (await broken.read("key").catch((error: unknown) => error)) as StoreUnavailableError;
    expect(thrown).toMatchObject({
      reason,
      cause: { code, message: code ?? "no further detail is safe to show" },
    });
  });

  function cyclicCause(): Error {
    const error = new Error(raw.slice(4));
    error.cause = error;
    return error;
  }
});
