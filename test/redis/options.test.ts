import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { expect, test } from "vitest";
import { redisStore } from "../../src/redis/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { nodeRedisStore } from "../../src/stores/node-redis.ts";
import { upstashStore } from "../../src/stores/upstash.ts";
import { expectNoLeak } from "../support/leaks.ts";

const password = "P4ssw0rd-in-the-url";
const stores = { ioredisStore, nodeRedisStore } as Record<
  string,
  (target: never, options?: never) => unknown
>;
const RANGE = { name: "OptionRangeError", code: "ERR_RWT_OPTION_RANGE", option: "url" };
const TYPE = { name: "OptionTypeError", code: "ERR_RWT_OPTION_TYPE", option: "client" };

const targets: [string, unknown, object][] = [
  ["a URL without a scheme", `user:${password}@localhost:1`, RANGE],
  ["a host alone", "localhost", RANGE],
  ["an https URL", `https://:${password}@localhost`, RANGE],
  ["white space", `redis://:${password}@localhost:1\n`, RANGE],
  ["a port that is none", `redis://:${password}@localhost:port`, RANGE],
  ["a % that encodes nothing", `redis://:%${password}@localhost:1`, RANGE],
  ["an https URL among options", { url: `https://:${password}@localhost` }, RANGE],
  ["nothing", undefined, TYPE],
  ["null", null, TYPE],
  ["a port alone", 6380, TYPE],
  ["an array", [`redis://:${password}@localhost`], TYPE],
];

for (const [name, open] of Object.entries(stores)) {
  test.each(targets)(`${name} refuses %s at once, and shows no password`, (_, target, expected) => {
    let error: unknown;
    try {
      open(target as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject(expected);
    expectNoLeak(error, { password });
  });

  test(`${name} refuses options of its own that it doesn't know`, () => {
    expect(() => open("redis://localhost:1" as never, { timeOut: 1 } as never)).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_UNKNOWN", option: "timeOut" }),
    );
  });
}

test("each store says whose client it was given, if not its own", async () => {
  const ioredis = new Redis({ lazyConnect: true });
  const nodeRedis = createClient();
  const upstash = new UpstashRedis({ url: "http://localhost:1", token: password });
  const wrong: (() => unknown)[] = [
    () => ioredisStore(nodeRedis as never),
    () => ioredisStore(upstash as never),
    () => nodeRedisStore(ioredis as never),
    () => nodeRedisStore(upstash as never),
    () => upstashStore(ioredis as never),
    () => upstashStore(nodeRedis as never),
  ];
  for (const open of wrong) {
    expect(open).toThrow(
      expect.objectContaining({ ...TYPE, message: expect.stringContaining("another library's") }),
    );
  }
});

test.each<[string, () => unknown]>([
  ["url", () => ioredisStore({ url: "redis://redis.internal" } as never)],
  ["socket", () => ioredisStore({ socket: { host: "redis.internal" } } as never)],
  ["database", () => ioredisStore({ host: "redis.internal", database: 3 } as never)],
  ["host", () => nodeRedisStore({ host: "redis.internal" } as never)],
  ["port", () => nodeRedisStore({ port: 6380 } as never)],
  ["db", () => nodeRedisStore({ url: "redis://redis.internal", db: 3 } as never)],
  ["tls", () => nodeRedisStore({ socket: { host: "redis.internal" }, tls: {} } as never)],
])("an option of another client is refused, instead of ignored: %s", (option, open) => {
  const message = expect.stringMatching(`^this client has no option ${option}: give it .*(host, port|url)`);
  expect(open).toThrow(expect.objectContaining({ code: "ERR_RWT_OPTION_UNKNOWN", option, message }));
});

test.each<[string, (store: never) => unknown]>([
  ["ioredisStore", ioredisStore],
  ["nodeRedisStore", nodeRedisStore],
  ["upstashStore", upstashStore],
])("%s refuses a store, which is no client", (_, open) => {
  const message = "the client must not be a store: pass the store to createRwt";
  expect(() => open(memoryStore() as never)).toThrow(expect.objectContaining({ ...TYPE, message }));
});

test("redisStore refuses what can't send: a client itself, or a function", () => {
  const message = "connection.send must be a function, not undefined";
  for (const wrong of [new Redis({ lazyConnect: true }), async () => null])
    expect(() => redisStore(wrong as never)).toThrow(
      expect.objectContaining({ code: "ERR_RWT_OPTION_TYPE", option: "connection.send", message }),
    );
});

test("a URL that isn't set is named", () => {
  for (const open of [ioredisStore, nodeRedisStore])
    expect(() => open(undefined as never)).toThrow(/is REDIS_URL set\?/);
});

test("options that the client itself refuses are told as that, not as an outage", async () => {
  const store = nodeRedisStore({
    url: "redis://localhost:1",
    pingInterval: 1,
    RESP: 9 as never,
    clientSideCache: {} as never,
  });
  const error = await store.connect().catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "ERR_RWT_OPTION_RANGE", option: "client" });
});
