import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { bunRedisStore } from "../../src/stores/bun.ts";
import { root } from "../../tools/entries.ts";
import { bin } from "../support/bin.ts";
import { startBridge } from "../support/bridge.ts";
import { ownRedis } from "../support/servers.ts";

const program = join(root, "test/runtimes/bun-redis-program.ts");

/** Starts a Bun process with the store, with its own client or with the library's. */
function startBun(url: string, whose: "ours" | "yours" = "ours") {
  const bridge = startBridge(bin("bun"), ["run", program, url, whose]);
  return (op: string) => bridge({ op });
}
const outage = (reason: RegExp) => ({ reason: expect.stringMatching(reason), shown: expect.any(String) });

describe("bunRedisStore, in Bun", () => {
  test("rejects while Redis is frozen or gone, and works again without a restart", async () => {
    const redis = await ownRedis();
    const ask = startBun(redis.url);
    expect([await ask("connect"), await ask("sign"), await ask("verify")]).toEqual([
      "connected",
      "signed",
      { name: "Zoë 🎟" },
    ]);
    redis.freeze();
    expect(await ask("verify")).toEqual(outage(/timeout/));
    redis.thaw();
    expect(await ask("verify")).toEqual({ name: "Zoë 🎟" });
    await redis.kill();
    for (const op of ["verify", "extend", "destroy", "sign", "connect"]) {
      expect(await ask(op)).toEqual(outage(/network|timeout/));
    }
    await redis.restart();
    expect(await ask("verify")).toBeNull();
    expect([await ask("sign"), await ask("extend"), await ask("destroy")]).toEqual(["signed", true, true]);
    expect([await ask("disconnect"), await ask("sign"), await ask("verify")]).toEqual([
      "disconnected",
      "signed",
      { name: "Zoë 🎟" },
    ]);
  });

  test("accepts your own client, and doesn't close it", async () => {
    const redis = await ownRedis();
    const ask = startBun(redis.url, "yours");
    expect([await ask("sign"), await ask("verify"), await ask("disconnect")]).toEqual([
      "signed",
      { name: "Zoë 🎟" },
      "disconnected",
    ]);
    expect(await ask("usable")).toBe(true);
  });

  // Bun's client can't tell a refused password from a lost connection.
  test("is an outage if the password is missing or wrong, and doesn't show it", async () => {
    const redis = await ownRedis({ password: "of the tests" });
    expect(await startBun(redis.url)("sign")).toBe("signed");
    const { port } = redis;
    for (const url of [`redis://127.0.0.1:${port}`, `redis://:a-wrong-password@127.0.0.1:${port}`]) {
      const answer = (await startBun(url)("sign")) as { shown: string };
      expect(answer).toEqual(outage(/^network$/));
      expect(answer.shown).not.toContain("a-wrong-password");
    }
  });
});

describe("bunRedisStore, elsewhere", () => {
  test("says at the first call that it needs Bun, which isn't an outage", async () => {
    const rwt = createRwt({ store: bunRedisStore("redis://localhost:1"), secret: "s".repeat(32) });
    await expect(rwt.connect()).rejects.toMatchObject({ code: "ERR_RWT_CLIENT_MISSING" });
    await rwt.disconnect();
  });

  test.each([
    [undefined, "client"],
    [{ host: "localhost" }, "client"],
    [{ call() {} }, "client"],
    [{ sendCommand() {}, isOpen: true }, "client"],
    ["https://localhost", "url"],
    ["redis://u:%ZZ@localhost", "url"],
  ])("%j is refused at once", (target, option) => {
    expect(() => bunRedisStore(target as never)).toThrow(expect.objectContaining({ option }));
  });
});
