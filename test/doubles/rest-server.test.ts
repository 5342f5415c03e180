import { describe, expect, test } from "vitest";
import { answer, client, redis, request, rest, tcp } from "./rest-fixture.ts";
import { startRestServer } from "./rest-server/server.ts";

describe("authentication", () => {
  const routes = [
    ["POST", "/"],
    ["GET", "/"],
    ["POST", "/pipeline"],
    ["POST", "/multi-exec"],
    ["PUT", "/_faults"],
    ["DELETE", "/_faults"],
    ["GET", "/_requests"],
    ["DELETE", "/_requests"],
    ["GET", "/no/such/route"],
  ] as const;
  const body =
    '{"error":"WRONGPASS invalid or missing auth token. See https://docs.upstash.com/redis/troubleshooting/http_unauthorized for details."}';

  test.each(routes)("%s %s needs the token", async (method, path) => {
    for (const authorization of [
      "",
      "Bearer wrong",
      `Basic ${rest.token}`,
      rest.token,
      `Bearer ${rest.token}x`,
    ]) {
      const response = await request(path, { method, headers: { authorization } });
      expect(response.status).toBe(401);
      expect(await response.text()).toBe(body);
    }
    const without = await fetch(rest.url + path, { method });
    expect(without.status).toBe(401);
    expect((await request(path, { method })).status).not.toBe(401);
  });

  test("a command with a wrong token does not run, and the client throws", async () => {
    await expect(client({ token: "wrong" }).set("key", "value")).rejects.toThrow("WRONGPASS");
    expect(await tcp.exists("key")).toBe(0);
  });
});

describe("one command", () => {
  test("returns Redis's reply: a status, a string, an integer, nil, an array", async () => {
    expect(await answer("/", { body: ["SET", "key", "value"] })).toEqual([200, { result: "OK" }]);
    expect(await answer("/", { body: ["get", "key"] })).toEqual([200, { result: "value" }]);
    expect(await answer("/", { body: ["INCR", "count"] })).toEqual([200, { result: 1 }]);
    expect(await answer("/", { body: ["GET", "missing"] })).toEqual([200, { result: null }]);
    expect(await answer("/", { body: ["MGET", "key", "missing"] })).toEqual([
      200,
      { result: ["value", null] },
    ]);
    expect(await tcp.get("key")).toBe("value");
  });

  test("numbers and booleans become strings", async () => {
    await answer("/", { body: ["RPUSH", "list", 1, -2.5, true, false, ""] });
    expect(await tcp.lrange("list", 0, -1)).toEqual(["1", "-2.5", "true", "false", ""]);
  });

  test.each(["hgetall", "HGETALL"])("%s returns a flat array, as Redis does", async (name) => {
    await tcp.hset("hash", "field", "value");
    expect(await answer("/", { body: [name, "hash"] })).toEqual([200, { result: ["field", "value"] }]);
  });

  test("an error from Redis is a 400 with its text", async () => {
    await tcp.set("text", "abc");
    expect(await answer("/", { body: ["INCR", "text"] })).toEqual([
      400,
      { error: "ERR value is not an integer or out of range" },
    ]);
    expect(await answer("/", { body: ["LPUSH", "text", "x"] })).toEqual([
      400,
      { error: "WRONGTYPE Operation against a key holding the wrong kind of value" },
    ]);
    await expect(client().incr("text")).rejects.toThrow("ERR value is not an integer or out of range");
    const script = "return {1, redis.error_reply('MINE inside')}";
    expect(await answer("/", { body: ["EVAL", script, 0] })).toEqual([200, { result: [1, "MINE inside"] }]);
  });

  test.each([
    "",
    "[",
    "{}",
    '"GET"',
    "null",
    "[]",
    '["GET",null]',
    '["GET",["key"]]',
    '["GET",{}]',
    '[["GET","key"]]',
  ])("the body %s is a 400", async (body) => {
    expect(await answer("/", { body })).toEqual([400, { error: expect.stringMatching(/^ERR /) }]);
    expect(rest.requests.total.commands).toBe(0);
  });

  test.each([
    ["MULTI"],
    ["SUBSCRIBE", "channel"],
    ["SELECT", "1"],
    ["BLPOP", "list", "0"],
    ["XREAD", "BLOCK", "0"],
  ])("%s is refused, since it makes no sense over REST", async (...command) => {
    expect(await answer("/", { body: command })).toEqual([
      400,
      { error: expect.stringContaining("is not allowed in REST") },
    ]);
    expect(await answer("/pipeline", { body: [command, ["PING"]] })).toEqual([
      200,
      [{ error: expect.stringContaining("is not allowed in REST") }, { result: "PONG" }],
    ]);
    expect((await answer("/multi-exec", { body: [["SET", "key", "1"], command] }))[0]).toBe(400);
    expect(await tcp.exists("key")).toBe(0);
  });

  test("other methods are a 405 and other paths a 404", async () => {
    for (const path of ["/", "/pipeline", "/multi-exec"]) {
      const response = await request(path, { method: "GET" });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect((await request(path, { method: "DELETE" })).status).toBe(405);
    }
    expect((await request("/_faults", { method: "GET" })).status).toBe(405);
    expect((await request("/_requests", { method: "POST" })).status).toBe(405);
    expect(await answer("/set/key/value")).toEqual([404, { error: expect.stringContaining("ERR") }]);
  });
});

describe("counts", () => {
  test("GET /_requests returns requests and commands by path, and DELETE resets them", async () => {
    await answer("/", { body: ["PING"] });
    await answer("/", { body: ["PING"] });
    await answer("/pipeline", { body: [["PING"], ["PING"], ["MULTI"]] });
    await answer("/multi-exec", { body: [["PING"], ["PING"]] });
    expect(await answer("/_requests", { method: "GET" })).toEqual([
      200,
      {
        total: { requests: 4, commands: 6 },
        paths: {
          "/": { requests: 2, commands: 2 },
          "/pipeline": { requests: 1, commands: 2 },
          "/multi-exec": { requests: 1, commands: 2 },
        },
      },
    ]);
    expect((await request("/_requests", { method: "DELETE" })).status).toBe(204);
    expect(rest.requests.total).toEqual({ requests: 0, commands: 0 });
  });
});

test("two servers have their own ports and tokens", async () => {
  const other = await startRestServer({ redisUrl: redis.url });
  expect(other.url).not.toBe(rest.url);
  expect(other.token).not.toBe(rest.token);
  expect(other.token.length).toBeGreaterThanOrEqual(32);
  const port = Number(new URL(other.url).port);
  await expect(startRestServer({ redisUrl: redis.url, port })).rejects.toThrow("EADDRINUSE");
  await other.close();
});
