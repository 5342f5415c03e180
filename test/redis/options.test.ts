import { Redis as UpstashRedis } from "@upstash/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { expect, test } from "vitest";
import { ioredisStore } from "../../src/stores/ioredis.ts";
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
