import { describe, expect, test } from "vitest";
import { answer, client, rest, tcp } from "./rest-fixture.ts";

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

  test("serves the client's pipelines, also automatic ones", async () => {
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
  test("answers each command, and an error of one doesn't affect the others", async () => {
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

  test("a discarded transaction runs nothing and returns a single error", async () => {
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
    // The connection isn't stuck in the transaction.
    expect(await answer("/", { body: ["SET", "key", "3"] })).toEqual([200, { result: "OK" }]);
    expect(await tcp.get("key")).toBe("3");
  });
});
