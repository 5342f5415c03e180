import { Redis, type RedisConfigNodejs } from "@upstash/redis";
import { Redis as TcpRedis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type RedisServer, startRedisServer } from "../../tools/redis-server.ts";
import { once } from "../../tools/rest-server/faults.ts";
import { type RestServer, startRestServer } from "../../tools/rest-server/server.ts";

let redis: RedisServer;
let rest: RestServer;
let tcp: TcpRedis;

beforeAll(async () => {
  redis = await startRedisServer();
  rest = await startRestServer({ redisUrl: redis.url });
  tcp = new TcpRedis(redis.url);
  tcp.on("error", () => {});
});
afterAll(async () => {
  tcp?.disconnect();
  await rest?.close();
  await redis?.stop();
});
beforeEach(async () => {
  rest.faults.reset();
  rest.requests.reset();
  await tcp.flushall();
});

interface Init {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

function request(
  path: string,
  { method = "POST", body, headers = {}, signal }: Init = {},
): Promise<Response> {
  return fetch(rest.url + path, {
    method,
    headers: { authorization: `Bearer ${rest.token}`, ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
}

async function answer(path: string, init?: Init): Promise<[status: number, body: unknown]> {
  const response = await request(path, init);
  return [response.status, await response.json()];
}

function client(options: Partial<RedisConfigNodejs> = {}): Redis {
  return new Redis({
    url: rest.url,
    token: rest.token,
    retry: { retries: 0 },
    enableAutoPipelining: false,
    enableTelemetry: false,
    ...options,
  });
}

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
  test("gives Redis's reply: a status, a string, an integer, nil, an array", async () => {
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

  test("numbers and booleans become text", async () => {
    await answer("/", { body: ["RPUSH", "list", 1, -2.5, true, false, ""] });
    expect(await tcp.lrange("list", 0, -1)).toEqual(["1", "-2.5", "true", "false", ""]);
  });

  test.each(["hgetall", "HGETALL"])("%s gives a flat array, as Redis does", async (name) => {
    await tcp.hset("hash", "field", "value");
    expect(await answer("/", { body: [name, "hash"] })).toEqual([200, { result: ["field", "value"] }]);
  });

  test("an error of Redis is a 400 with its text", async () => {
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
  ])("%s is refused, for it has no meaning over REST", async (...command) => {
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

describe("/pipeline", () => {
  test("answers each command in order, errors among them, with 200", async () => {
    const body = [
      ["SET", "key", "valuex"],
      ["SETEX", "other", 13, "valuez"],
      ["INCR", "key"],
      ["NOSUCH"],
      ["ZADD", "zset", 11, "item1", 22, "item2"],
    ];
    expect(await answer("/pipeline", { body })).toEqual([
      200,
      [
        { result: "OK" },
        { result: "OK" },
        { error: "ERR value is not an integer or out of range" },
        { error: expect.stringContaining("ERR unknown command") },
        { result: 2 },
      ],
    ]);
  });

  test("carries the client's pipelines and its automatic ones", async () => {
    const results = await client().pipeline().set("a", "1").incr("a").get("missing").exec();
    expect(results).toEqual(["OK", 2, null]);
    rest.requests.reset();
    const automatic = client({ enableAutoPipelining: true });
    expect(await Promise.all([automatic.incr("b"), automatic.incr("b")])).toEqual([1, 2]);
    expect(rest.requests.paths).toEqual({ "/pipeline": { requests: 1, commands: 2 } });
  });

  test.each(["", "{}", "[]", '["GET","key"]', '[["GET",null]]', "[[]]"])(
    "the body %s is a 400",
    async (body) => {
      for (const path of ["/pipeline", "/multi-exec"]) {
        expect(await answer(path, { body })).toEqual([400, { error: expect.stringMatching(/^ERR /) }]);
      }
    },
  );
});

describe("/multi-exec", () => {
  test("answers each command, and an error of one leaves the others", async () => {
    await tcp.set("text", "abc");
    const body = [
      ["SET", "key", "1"],
      ["INCR", "text"],
      ["INCR", "key"],
    ];
    expect(await answer("/multi-exec", { body })).toEqual([
      200,
      [{ result: "OK" }, { error: "ERR value is not an integer or out of range" }, { result: 2 }],
    ]);
  });

  test("is one transaction: no other command comes in between", async () => {
    await tcp.config("RESETSTAT");
    const increments = Array.from({ length: 20 }, () => ["INCR", "count"]);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => answer("/multi-exec", { body: increments })),
    );
    for (const [, results] of answers) {
      const counts = (results as { result: number }[]).map(({ result }) => result);
      const first = counts[0] ?? Number.NaN;
      expect(counts).toEqual(counts.map((_, index) => first + index));
    }
    expect(await tcp.get("count")).toBe("200");
    const commands = await tcp.info("commandstats");
    expect(commands).toContain("cmdstat_multi:calls=10,");
    expect(commands).toContain("cmdstat_exec:calls=10,");
  });

  test("a discarded one runs nothing and is one error", async () => {
    const wrongArity = [["SET", "key", "1"], ["GET"], ["SET", "key", "2"]];
    expect(await answer("/multi-exec", { body: wrongArity })).toEqual([
      400,
      { error: "ERR wrong number of arguments for 'get' command" },
    ]);
    await expect(client().multi().set("key", "1").exec()).resolves.toEqual(["OK"]);
    await tcp.del("key");
    const unknown = [["SET", "key", "1"], ["NOSUCH"]];
    expect(await answer("/multi-exec", { body: unknown })).toEqual([
      400,
      { error: expect.stringContaining("ERR unknown command") },
    ]);
    expect(await tcp.exists("key")).toBe(0);
    // The connection is not left inside of the transaction.
    expect(await answer("/", { body: ["SET", "key", "3"] })).toEqual([200, { result: "OK" }]);
    expect(await tcp.get("key")).toBe("3");
  });
});

describe("Upstash-Encoding: base64", () => {
  const base64 = { "upstash-encoding": "base64" };
  const encoded = (text: string) => Buffer.from(text).toString("base64");

  test("encodes every string but OK, at any depth", async () => {
    await tcp.set("key", "grüße 🌍");
    expect(await answer("/", { body: ["SET", "other", "x"], headers: base64 })).toEqual([
      200,
      { result: "OK" },
    ]);
    expect(await answer("/", { body: ["GET", "key"], headers: base64 })).toEqual([
      200,
      { result: encoded("grüße 🌍") },
    ]);
    const script = "return {'OK', 7, {'inner', false, {'ä'}}}";
    const nested = [encoded("OK"), 7, [encoded("inner"), null, [encoded("ä")]]];
    expect(await answer("/", { body: ["EVAL", script, 0], headers: base64 })).toEqual([
      200,
      { result: nested },
    ]);
    for (const path of ["/pipeline", "/multi-exec"]) {
      expect(
        await answer(path, { body: [["GET", "key"], ["EVAL", script, 0], ["PING"]], headers: base64 }),
      ).toEqual([200, [{ result: encoded("grüße 🌍") }, { result: nested }, { result: encoded("PONG") }]]);
    }
  });

  test("keeps bytes that are no UTF-8, which plain answers can't", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x41]);
    await tcp.set("binary", bytes);
    expect(await answer("/", { body: ["GET", "binary"], headers: base64 })).toEqual([
      200,
      { result: bytes.toString("base64") },
    ]);
    expect(await answer("/", { body: ["GET", "binary"] })).toEqual([200, { result: "\uFFFD\0\uFFFDA" }]);
  });

  test("leaves errors as they are", async () => {
    expect(await answer("/", { body: ["GET"], headers: base64 })).toEqual([
      400,
      { error: "ERR wrong number of arguments for 'get' command" },
    ]);
  });

  test.each(["base64", false] as const)("the client reads the same with %s", async (responseEncoding) => {
    const redis = client({ responseEncoding, automaticDeserialization: false });
    expect(await redis.set("key", "grüße 🌍")).toBe("OK");
    expect(await redis.get("key")).toBe("grüße 🌍");
    expect(await redis.ping()).toBe("PONG");
    expect(await redis.mget("key", "missing")).toEqual(["grüße 🌍", null]);
    expect(await redis.eval("return {'OK', {'OK', 'ä'}}", [], [])).toEqual(["OK", ["OK", "ä"]]);
    await tcp.set("ok", "OK");
    expect(await redis.get("ok")).toBe("OK");
  });
});

describe("Upstash-Sync-Token", () => {
  async function tokenAfter(path: string, body: unknown): Promise<string | null> {
    return (await request(path, { body })).headers.get("upstash-sync-token");
  }

  test("is on each answer, and another one after a write only", async () => {
    const first = await tokenAfter("/", ["GET", "key"]);
    expect(first).toMatch(/^\w+$/);
    expect(
      await tokenAfter("/pipeline", [
        ["GET", "key"],
        ["PTTL", "key"],
      ]),
    ).toBe(first);
    expect(await tokenAfter("/", ["GET"])).toBe(first);
    const second = await tokenAfter("/", ["SET", "key", "value"]);
    const third = await tokenAfter("/multi-exec", [
      ["GET", "key"],
      ["DEL", "key"],
    ]);
    const fourth = await tokenAfter("/", ["EVAL", "return redis.call('SET', KEYS[1], 'x')", 1, "key"]);
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    expect(await tokenAfter("/", "no command")).toBe(fourth);
  });
});

describe("faults", () => {
  const set = (value: string): Init => ({ body: ["SET", "key", value] });

  test("latencyMs delays the answer", async () => {
    rest.faults.latencyMs = once(80);
    const start = performance.now();
    await answer("/", set("1"));
    expect(performance.now() - start).toBeGreaterThan(70);
    expect(rest.faults.latencyMs).toBe(0);
  });

  test.each(["/", "/pipeline", "/multi-exec"])(
    "dropBefore closes the connection of %s, nothing ran",
    async (path) => {
      rest.faults.dropBefore = true;
      const command = ["SET", "key", "1"];
      await expect(request(path, { body: path === "/" ? command : [command] })).rejects.toThrow(
        "fetch failed",
      );
      expect(await tcp.exists("key")).toBe(0);
      expect(rest.requests.paths).toEqual({ [path]: { requests: 1, commands: 0 } });
    },
  );

  test.each(["/", "/pipeline", "/multi-exec"])(
    "dropAfter closes the connection of %s, the command ran",
    async (path) => {
      rest.faults.dropAfter = true;
      const command = ["SET", "key", "1"];
      await expect(request(path, { body: path === "/" ? command : [command] })).rejects.toThrow(
        "fetch failed",
      );
      expect(await tcp.get("key")).toBe("1");
      expect(rest.requests.paths).toEqual({ [path]: { requests: 1, commands: 1 } });
    },
  );

  test("a limited fault ends, so that the client's retry gets through, twice written", async () => {
    rest.faults.dropAfter = { value: true, times: 2 };
    const retrying = client({ retry: { retries: 2, backoff: () => 0 } });
    expect(await retrying.incr("count")).toBe(3);
    expect(rest.requests.total).toEqual({ requests: 3, commands: 3 });
    expect(rest.faults.dropAfter).toBe(false);
  });

  test("an unlimited fault stays until it is reset", async () => {
    rest.faults.dropBefore = true;
    for (let i = 0; i < 3; i++) await expect(request("/", set("1"))).rejects.toThrow("fetch failed");
    rest.faults.reset();
    expect((await request("/", set("1"))).status).toBe(200);
  });

  test.each([
    { code: 429, body: '{"error":"ERR max requests limit exceeded"}' },
    { code: 500, body: "" },
    { code: 502, body: "<html><body>Bad Gateway</body></html>", contentType: "text/html" },
  ])("status answers $code itself, and the command does not run", async (fake) => {
    rest.faults.status = once(fake);
    const response = await request("/", set("1"));
    expect(response.status).toBe(fake.code);
    expect(response.headers.get("content-type")).toBe(fake.contentType ?? "application/json");
    expect(await response.text()).toBe(fake.body);
    expect(await tcp.exists("key")).toBe(0);
    expect((await request("/", set("1"))).status).toBe(200);
  });

  test("truncate cuts the JSON, and the command ran", async () => {
    rest.faults.truncate = once(true);
    const response = await request("/", set("1"));
    expect(response.status).toBe(200);
    expect('{"result":"OK"}').toContain(await response.text());
    expect(await tcp.get("key")).toBe("1");
    rest.faults.truncate = once(true);
    await expect(client().get("key")).rejects.toThrow("Unable to parse response body");
  });

  test("hang never answers, and the command does not run", async () => {
    rest.faults.hang = once(true);
    await expect(request("/", { ...set("1"), signal: AbortSignal.timeout(100) })).rejects.toThrow("timeout");
    expect(await tcp.exists("key")).toBe(0);
    expect(await answer("/", set("2"))).toEqual([200, { result: "OK" }]);
  });

  test("hangAfter never answers, but the command ran", async () => {
    rest.faults.hangAfter = once(true);
    await expect(request("/", { ...set("1"), signal: AbortSignal.timeout(200) })).rejects.toThrow("timeout");
    expect(await tcp.get("key")).toBe("1");
  });

  test("close ends a server with a request that hangs", async () => {
    const other = await startRestServer({ redisUrl: redis.url, token: "t" });
    other.faults.hang = true;
    const hanging = fetch(other.url, {
      method: "POST",
      headers: { authorization: "Bearer t" },
      body: '["PING"]',
    });
    const failure = expect(hanging).rejects.toThrow("fetch failed");
    while (other.requests.total.requests === 0) await new Promise(setImmediate);
    await other.close();
    await failure;
  });

  test("another process sets them by PUT /_faults and resets them by DELETE", async () => {
    const body = { status: { value: { code: 503, body: "{}" }, times: 1 }, latencyMs: 1 };
    expect((await request("/_faults", { method: "PUT", body })).status).toBe(204);
    expect(rest.faults).toMatchObject(body);
    expect((await request("/", set("1"))).status).toBe(503);
    expect((await request("/", set("1"))).status).toBe(200);

    await request("/_faults", { method: "PUT", body: { dropBefore: true } });
    expect(rest.faults.latencyMs).toBe(0);
    await expect(request("/", set("1"))).rejects.toThrow("fetch failed");
    expect((await request("/_faults", { method: "DELETE" })).status).toBe(204);
    expect((await request("/", set("1"))).status).toBe(200);
  });

  test.each([
    "",
    "[]",
    "null",
    '{"drop":true}',
    '{"reset":true}',
    '{"dropAfter":1}',
    '{"dropAfter":{"value":true,"times":"1"}}',
    '{"latencyMs":"5"}',
    '{"status":502}',
    '{"hang":{"value":true}}',
  ])("PUT /_faults refuses %s and changes nothing", async (body) => {
    rest.faults.latencyMs = 1;
    expect(await answer("/_faults", { method: "PUT", body })).toEqual([400, { error: expect.any(String) }]);
    expect(rest.faults).toMatchObject({ latencyMs: 1, dropAfter: false, hang: false, status: null });
  });
});

describe("counts", () => {
  test("GET /_requests gives requests and commands of each path; DELETE sets them to none", async () => {
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

describe("a Redis that is away", () => {
  const paths = [
    ["/", ["SET", "key", "1"]],
    ["/pipeline", [["SET", "key", "1"]]],
    ["/multi-exec", [["SET", "key", "1"]]],
  ] as const;

  async function expectUnavailable(): Promise<void> {
    const start = performance.now();
    const answers = await Promise.all(paths.map(([path, body]) => answer(path, { body })));
    expect(answers).toEqual(paths.map(() => [503, { error: "ERR Redis is unreachable" }]));
    expect(performance.now() - start).toBeLessThan(3_000);
  }

  test("killed is a quick 5xx, and works again at once after a restart", async () => {
    await answer("/", { body: ["SET", "key", "1"] });
    await redis.kill();
    await expectUnavailable();
    await expectUnavailable();
    await redis.restart();
    for (const [path, body] of paths) expect((await request(path, { body })).status).toBe(200);
  });

  test("frozen is a quick 5xx, and works again once it is thawed", async () => {
    redis.freeze();
    try {
      await expectUnavailable();
    } finally {
      redis.thaw();
    }
    expect(await answer("/", { body: ["PING"] })).toEqual([200, { result: "PONG" }]);
  });

  test("killed while requests wait for it is a quick 5xx of each", async () => {
    await answer("/", { body: ["PING"] });
    redis.freeze();
    const answers = Promise.all(paths.map(([path, body]) => answer(path, { body })));
    await vi.waitFor(() => expect(rest.requests.total.commands).toBe(1 + paths.length), { interval: 5 });
    await redis.kill();
    expect((await answers).map(([status]) => status)).toEqual([503, 503, 503]);
    await redis.restart();
    expect(await answer("/", { body: ["EXISTS", "key"] })).toEqual([200, { result: 0 }]);
  });

  test("not there from the start, or not letting us in, is a 5xx too", async () => {
    const locked = await startRedisServer({ password: "secret" });
    const wrong = await startRestServer({ redisUrl: locked.url.replace("secret", "wrong"), token: "t" });
    const right = await startRestServer({ redisUrl: locked.url, token: "t" });
    const ping = (url: string) =>
      fetch(url, { method: "POST", headers: { authorization: "Bearer t" }, body: '["PING"]' });
    try {
      expect((await ping(right.url)).status).toBe(200);
      expect((await ping(wrong.url)).status).toBe(503);
      await locked.kill();
      const late = await startRestServer({ redisUrl: locked.url, token: "t" });
      expect((await ping(late.url)).status).toBe(503);
      await late.close();
    } finally {
      await wrong.close();
      await right.close();
      await locked.stop();
    }
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
