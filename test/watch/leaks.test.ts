/** The servers of docs/frameworks/web-sockets.md keep no watch, and don't fall, where a connection ends before it is open. */
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { describe, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { delayingProxy } from "../doubles/delaying-proxy.ts";
import { startApp } from "../examples/app-process.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { ownRedis } from "../support/servers.ts";
import { openSocket } from "./socket.ts";
import { until } from "./watched.ts";

const secret = "a secret of the watch tests, 32 bytes";

const servers = {
  "ws on Node": ["ws.ts", process.execPath],
  "Hono on Bun": ["hono.ts", bin("bun")],
  "Bun.serve": ["bun.ts", bin("bun")],
  "Deno.serve": ["deno.ts", [bin("deno"), "run", "-A", "--quiet"]],
} as const;

const UPGRADE = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

describe.each(Object.entries(servers))("%s", (_, [file, command]) => {
  test("keeps no watch of a connection that is reset, closed or plain HTTP", {
    timeout: 60_000,
  }, async () => {
    const redis = await ownRedis();
    // So slow that the client is gone before the answer.
    const proxy = await delayingProxy(redis.port);
    const elsewhere = createRwt<{ id: string }>({ store: ioredisStore(redis.url), secret });
    const admin = new Redis(redis.url);
    atEnd(() => Promise.all([elsewhere.disconnect(), admin.disconnect(), proxy.close()]));
    const env = { REDIS_URL: `redis://127.0.0.1:${proxy.port}`, RWT_SECRET: secret };
    const origin = await startApp(join(root, "examples/live-revocation", file), env, command);
    const url = `${origin.replace("http", "ws")}/socket`;
    const token = await elsewhere.sign({ id: "ada" });
    const isWatching = async () => /tracking|flags=t/.test(String(await admin.client("LIST")));

    const first = await openSocket(url, { origin, token });
    await until(isWatching);
    first.close();
    proxy.lag = 300;
    for (const how of ["refused", "reset", "closed", "plain"] as const) {
      const socket = connect(Number(new URL(origin).port), "127.0.0.1");
      socket.on("error", () => {});
      await once(socket, "connect");
      const headers = [
        `Host: ${new URL(origin).host}`,
        `Origin: ${origin}`,
        ...(how === "refused" ? [] : [`Cookie: __Host-rwt=${token}`]),
        ...(how === "plain" ? [] : UPGRADE),
      ];
      socket.write(`GET /socket HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      await sleep({ refused: 0, reset: 50, closed: 50, plain: 1000 }[how]);
      if (how === "refused" || how === "reset") socket.resetAndDestroy();
      else socket.destroy();
      await sleep(600);
    }
    proxy.lag = 0;
    const again = await openSocket(url, { origin, token });
    await until(isWatching);
    again.close();
    await until(async () => !(await isWatching()), 20_000);
  });
});
