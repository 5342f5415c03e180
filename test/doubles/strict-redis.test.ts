import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { strictRedis } from "./strict-redis.ts";

const strict = await strictRedis();
const client = new Redis(strict.url);
atEnd(() => client.disconnect());

test("a script can access the keys that it declares", async () => {
  expect(await client.eval("return redis.call('SET', KEYS[1], ARGV[1], 'EX', 9)", 1, "a", "é 🎟")).toBe("OK");
  expect(await client.eval("return redis.call('mget', KEYS[1], KEYS[2])", 2, "a", "b")).toEqual([
    "é 🎟",
    null,
  ]);
  expect(await client.eval("local ok, time = pcall(redis.call, 'TIME')\nreturn ok and #time", 0)).toBe(2);
  expect(await client.eval("return cjson.encode({redis.error_reply('no').err})", 0)).toBe('["ERR no"]');
  expect(strict.refused).toEqual([]);
});

test.each([
  ["return redis.call('GET', 'other')", "key: other by GET"],
  ["return redis.call('GET', KEYS[1] .. ':d')", "key: declared:d by GET"],
  ["return redis.call('DEL', KEYS[1], ARGV[1])", "key: given by DEL"],
  ["return redis.pcall('EXISTS', KEYS[1], ARGV[1])", "key: given by EXISTS"],
])("a script can't access other keys: %s", async (script, what) => {
  strict.refused.splice(0);
  await client.set("given", "1", "EX", 9);
  await expect(client.eval(script, 1, "declared", "given")).rejects.toThrow(
    /^ERR Error running script .* script tried accessing undeclared key/,
  );
  expect(strict.refused).toEqual([what]);
  expect(await client.get("given")).toBe("1");
});

test("once a script was sent, its own digest runs it", async () => {
  const script = "return 7";
  const digest = "1b0f59bdb7b0bfd4ce60a6d69e5fdf4dc1a8a4ac";
  await expect(client.evalsha(digest, 0)).rejects.toThrow(/^NOSCRIPT/);
  await client.eval(script, 0);
  const known = [...strict.scripts].at(-1) ?? "";
  expect(await client.evalsha(known, 0)).toBe(7);
});

test("commands other than scripts pass through unchanged", async () => {
  const replies = await client.pipeline().set("x", "1", "EX", 9).get("x").get("y").exec();
  expect(replies).toEqual([
    [null, "OK"],
    [null, "1"],
    [null, null],
  ]);
});
