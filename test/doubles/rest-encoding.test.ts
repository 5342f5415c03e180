import { describe, expect, test } from "vitest";
import { answer, client, request, tcp } from "./rest-fixture.ts";

describe("Upstash-Encoding: base64", () => {
  const base64 = { "upstash-encoding": "base64" };
  const encoded = (text: string) => Buffer.from(text).toString("base64");

  test("encodes every string at any depth, except a reply of OK", async () => {
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

  test("preserves bytes that aren't UTF-8, which plain answers can't", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x80, 0x41]);
    await tcp.set("binary", bytes);
    expect(await answer("/", { body: ["GET", "binary"], headers: base64 })).toEqual([
      200,
      { result: bytes.toString("base64") },
    ]);
    expect(await answer("/", { body: ["GET", "binary"] })).toEqual([200, { result: "\uFFFD\0\uFFFDA" }]);
  });

  test("doesn't encode errors", async () => {
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

  test("is on each answer, and changes only after a write", async () => {
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
