/** The server-sent events of docs/frameworks/web-sockets.md. */
import { expect, test } from "vitest";
import { atEnd } from "../support/at-end.ts";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis } from "../support/servers.ts";

const redis = await ownRedis();
process.env.REDIS_URL = redis.url;
process.env.RWT_SECRET = "a secret of the watch tests, 32 bytes";
const { rwt } = await import("../../examples/live-revocation/auth.ts");
const { events } = await import("../../examples/live-revocation/sse.ts");
atEnd(() => rwt.disconnect());

test("tells a page its session's end, and stops with the page", async () => {
  const origin = await serveApp({ fetch: events as never });
  const open = (token: string) => fetch(origin, { headers: { Cookie: `__Host-rwt=${token}` } });
  expect((await fetch(origin)).status).toBe(401);

  const token = await rwt.sign({ id: "ada" });
  const answer = await open(token);
  expect(answer.headers.get("Content-Type")).toBe("text/event-stream");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe("event: live\ndata: {}\n\n");
  await rwt.destroy(token);
  expect((await reader?.read())?.value).toBe("event: ended\ndata: {}\n\n");
  expect((await reader?.read())?.done).toBe(true);

  const leaving = await open(await rwt.sign({ id: "grace" }));
  await leaving.body?.cancel();
  // Nobody watches any more, so the connection closes.
  const { Redis } = await import("ioredis");
  const outside = new Redis(redis.url);
  atEnd(() => outside.disconnect());
  await expect
    .poll(async () => /(sub=1|flags=[a-z]*t)/.test(String(await outside.client("LIST"))), { timeout: 15_000 })
    .toBe(false);
});
