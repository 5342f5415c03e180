/** Watches over Bun's client. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { ownRedis } from "../support/servers.ts";
import { until } from "./watched.ts";

const secret = "a secret of the watch tests, 32 bytes";

test("hears of ends and changes at once, with a password, and after a restart of the connection", async () => {
  const redis = await ownRedis({ password: "pässword" });
  const elsewhere = createRwt<string>({ store: ioredisStore(redis.url), secret }).with(sessions());
  atEnd(() => elsewhere.disconnect());
  const tokens = await Promise.all(
    ["Zoë 🎟", "b", "c"].map((name) => elsewhere.sign(name, { subject: name })),
  );
  const [first = "", second = ""] = tokens;
  const child = spawn(bin("bun"), ["run", join(root, "test/watch/bun-program.ts"), redis.url, ...tokens]);
  const exited = once(child, "exit");
  atEnd(() => child.kill());
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text) => {
      said += String(text);
    });
  }
  const says = async (...lines: readonly string[]): Promise<number> => {
    const from = performance.now();
    await until(() => said.split("\n").some((line) => lines.includes(line))).catch(() =>
      expect.fail(`no ${lines[0]} in ${said.replaceAll(/é+/g, "é…")}`),
    );
    return performance.now() - from;
  };

  await says("0 live Zoë 🎟");
  await says("2 live c");
  await elsewhere.update(first, "é".repeat(70_000));
  await says(`0 changed ${"é".repeat(70_000)}`);
  await elsewhere.destroy(first);
  expect(await says("0 ended destroyed")).toBeLessThan(500);
  redis.freeze();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  redis.thaw();
  await until(() => elsewhere.destroy(second).catch(() => false));
  // While the link is down, a sweep finds the end, and can't tell why.
  await says("1 ended destroyed", "1 ended ended");
  await until(() => elsewhere.destroyAll("c").catch(() => false));
  await says("2 ended destroyed_all");
  expect(await exited).toEqual([0, null]);
});
