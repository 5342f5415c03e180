import { describe, expect, inject, test } from "vitest";
import { rwt } from "../../src/compat/index.ts";
import { ioredisOptions } from "../../src/compat/redis-options.ts";
import type { CompatTcpRedis } from "../../src/compat/types.ts";
import { ownRedis } from "../support/servers.ts";

const secret = "a secret of the tests, 32 bytes or more";

describe("the original's redis options", () => {
  test.each<[CompatTcpRedis, object]>([
    [{}, { host: "localhost", port: 6379 }],
    [
      { host: "h", port: "6380", db: "2", prefix: "sess:" },
      { host: "h", port: 6380, db: 2 },
    ],
    [
      { path: "/run/redis.sock", password: "p" },
      { path: "/run/redis.sock", password: "p" },
    ],
    [
      { auth_pass: "old", family: "IPv6" },
      { host: "localhost", port: 6379, password: "old", family: 6 },
    ],
    [{ tls: true }, { host: "localhost", port: 6379, tls: {} }],
    [{ tls: { servername: "s" } }, { host: "localhost", port: 6379, tls: { servername: "s" } }],
    [
      { url: "rediss://u:p%40@h:1/3", host: "other" },
      { host: "h", port: 1, username: "u", password: "p@", db: 3, tls: {} },
    ],
    [{ url: "redis://[::1]:7000" }, { host: "::1", port: 7000 }],
    [{ retry_strategy: () => 1, no_ready_check: true } as object, { host: "localhost", port: 6379 }],
  ])("%j", (given, expected) => {
    expect(ioredisOptions(given)).toEqual(expected);
  });

  test.each([
    [{ port: "http" }, "redis.port"],
    [{ db: -1 }, "redis.db"],
    [{ url: "https://h" }, "url"],
    [{ hostname: "h" }, "hostname"],
    [{ rename_commands: {} }, "rename_commands"],
  ])("%j is refused by the factory, by name", (redis, option) => {
    expect(() => rwt({ redis: redis as object })).toThrow(expect.objectContaining({ option }));
  });
});

test("password and db reach Redis", async () => {
  const redis = await ownRedis({ password: "of the tests" });
  const { hostname, port } = new URL(redis.url);
  const tokens = (more: object) => rwt({ redis: { host: hostname, port, ...more } });
  const mine = tokens({ password: "of the tests", db: 1 });
  const token = await mine.sign({ a: 1 }, secret);
  expect(await mine.verify(token, secret)).toEqual({ a: 1 });
  const other = tokens({ password: "of the tests" });
  expect(await other.verify(token, secret)).toBeNull();
  const locked = tokens({});
  await expect(locked.verify(token, secret)).rejects.toMatchObject({ reason: "auth" });
  await Promise.all([mine, other, locked].map((each) => each.disconnect()));
});

test("after disconnect the next call connects again", async () => {
  const tokens = rwt({ redis: { url: inject("redisUrl") } });
  const token = await tokens.sign({ a: 1 }, secret);
  await tokens.disconnect();
  await tokens.disconnect();
  expect(await tokens.verify(token, secret)).toEqual({ a: 1 });
  await tokens.disconnect();
});

test("an unavailable Redis is an error for the callback, never a missing user", async () => {
  const tokens = rwt({ redis: { host: "127.0.0.1", port: 1, timeout: 500 } });
  const verified = new Promise((resolve) => {
    createToken().then((token) => tokens.verify(token, secret, (...args) => resolve(args)));
  });
  expect(await verified).toEqual([expect.objectContaining({ code: "ERR_RWT_STORE_UNAVAILABLE" })]);
  await tokens.disconnect();
});

async function createToken(): Promise<string> {
  const tokens = rwt({ redis: { url: inject("redisUrl") } });
  const token = await tokens.sign({ a: 1 }, secret);
  await tokens.disconnect();
  return token;
}
