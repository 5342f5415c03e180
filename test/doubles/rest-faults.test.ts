import { describe, expect, test, vi } from "vitest";
import { startRedisServer } from "../../tools/redis-server.ts";
import { answer, client, type Init, redis, request, rest, tcp } from "./rest-fixture.ts";
import { once } from "./rest-server/faults.ts";
import { startRestServer } from "./rest-server/server.ts";

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
    "dropBefore closes the connection of %s, and nothing has run",
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
    "dropAfter closes the connection of %s after the command has run",
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

  test("a limited fault ends, so that the client's retry succeeds and the command has run three times", async () => {
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
  ])("status answers $code, and the command does not run", async (fake) => {
    rest.faults.status = once(fake);
    const response = await request("/", set("1"));
    expect(response.status).toBe(fake.code);
    expect(response.headers.get("content-type")).toBe(fake.contentType ?? "application/json");
    expect(await response.text()).toBe(fake.body);
    expect(await tcp.exists("key")).toBe(0);
    expect((await request("/", set("1"))).status).toBe(200);
  });

  test("truncate cuts the JSON after the command has run", async () => {
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

  test("hangAfter never answers, but the command has run", async () => {
    rest.faults.hangAfter = once(true);
    await expect(request("/", { ...set("1"), signal: AbortSignal.timeout(200) })).rejects.toThrow("timeout");
    expect(await tcp.get("key")).toBe("1");
  });

  test("close stops a server even if a request hangs", async () => {
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

  test("another process can set faults with PUT /_faults and reset them with DELETE", async () => {
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

describe("an unavailable Redis", () => {
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

  test("that was killed is a quick 5xx, and works immediately after a restart", async () => {
    await answer("/", { body: ["SET", "key", "1"] });
    await redis.kill();
    await expectUnavailable();
    await expectUnavailable();
    await redis.restart();
    for (const [path, body] of paths) expect((await request(path, { body })).status).toBe(200);
  });

  test("that is frozen is a quick 5xx, and works once it is thawed", async () => {
    redis.freeze();
    try {
      await expectUnavailable();
    } finally {
      redis.thaw();
    }
    expect(await answer("/", { body: ["PING"] })).toEqual([200, { result: "PONG" }]);
  });

  test("that is killed during requests is a quick 5xx for each of them", async () => {
    await answer("/", { body: ["PING"] });
    redis.freeze();
    const answers = Promise.all(paths.map(([path, body]) => answer(path, { body })));
    await vi.waitFor(() => expect(rest.requests.total.commands).toBe(1 + paths.length), { interval: 5 });
    await redis.kill();
    expect((await answers).map(([status]) => status)).toEqual([503, 503, 503]);
    await redis.restart();
    expect(await answer("/", { body: ["EXISTS", "key"] })).toEqual([200, { result: 0 }]);
  });

  test("that is down from the start, or rejects the password, is a 5xx too", async () => {
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
