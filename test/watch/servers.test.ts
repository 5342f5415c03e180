/** The servers of docs/frameworks/web-sockets.md, each in its own runtime. */

import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { startApp } from "../examples/app-process.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { ownRedis } from "../support/servers.ts";
import { handshake, openSocket } from "./socket.ts";
import { until } from "./watched.ts";

const secret = "a secret of the watch tests, 32 bytes";

const examples = join(root, "examples/live-revocation");
// Within the project, where the package's name means the package.
const folder = join(root, "dist/.servers");
mkdirSync(folder, { recursive: true });
atEnd(() => rmSync(folder, { recursive: true }));
copyFileSync(join(examples, "auth.ts"), join(folder, "auth.ts"));

/** Hono's server on another runtime: the example with the two lines that the page's table has for it. */
function honoOn(runtime: string): string {
  const page = readFileSync(join(root, "docs/frameworks/web-sockets.md"), "utf8");
  const row = new RegExp(`^\\| ${runtime} \\| \`(.*)\` \\| \`(.*)\` \\|$`, "m").exec(page);
  const [, imports = "", last = ""] = row ?? expect.fail(`the page has no row for ${runtime}`);
  const example = readFileSync(join(examples, "hono.ts"), "utf8");
  const file = join(folder, `hono-${runtime}.ts`);
  writeFileSync(
    file,
    example.replace(/^.* from "hono\/bun";.*$/m, imports).replace(/^export default .*$/m, last),
  );
  return file;
}

const deno = [bin("deno"), "run", "-A", "--quiet"] as const;
const servers = {
  "ws on Node": [join(examples, "ws.ts"), process.execPath],
  "Hono on Bun": [join(examples, "hono.ts"), bin("bun")],
  "Hono on Node": [honoOn("Node"), process.execPath],
  "Hono on Deno": [honoOn("Deno"), deno],
  "Bun.serve": [join(examples, "bun.ts"), bin("bun")],
  "Deno.serve": [join(examples, "deno.ts"), deno],
} as const;

describe.each(Object.entries(servers))("%s", (_, [file, command]) => {
  test("opens for its own page and a live session, closes at a logout elsewhere, and not in an outage", async () => {
    const redis = await ownRedis();
    const elsewhere = createRwt<{ id: string }>({ store: ioredisStore(redis.url), secret });
    atEnd(() => elsewhere.disconnect());
    const env = { REDIS_URL: redis.url, RWT_SECRET: secret };
    const origin = await startApp(file, env, command);
    const url = `${origin.replace("http", "ws")}/socket`;
    const [token, other] = [
      await elsewhere.sign({ id: "ada" }),
      await elsewhere.sign({ id: "grace" }, { subject: "grace" }),
    ];

    expect(await handshake(url, { origin: "https://evil.example", token })).toBe(403);
    expect(await handshake(url, { origin })).toBe(401);
    expect(await handshake(url, { origin, token: `${token.slice(0, -2)}AA` })).toBe(401);

    const socket = await openSocket(url, { origin, token });
    const otherSocket = await openSocket(url, { origin, token: other });
    expect([socket.greeting, otherSocket.greeting]).toEqual(["hello ada", "hello grace"]);
    await elsewhere.destroy(token);
    const from = performance.now();
    const { code, reason, at } = await socket.closed;
    // Or "not_live", if the watch hadn't looked yet.
    expect([code, reason]).toEqual([4401, expect.stringMatching(/^(destroyed|not_live)$/)]);
    expect(at - from).toBeLessThan(1000);

    redis.freeze();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(otherSocket.isOpen()).toBe(true);
    redis.thaw();
    await until(async () => (await elsewhere.verify(other).catch(() => null)) !== null);
    expect(otherSocket.isOpen()).toBe(true);
    await until(() => elsewhere.destroy(other).catch(() => false));
    expect((await otherSocket.closed).code).toBe(4401);
    expect(await handshake(url, { origin, token: other })).toBe(401);
  });
});
