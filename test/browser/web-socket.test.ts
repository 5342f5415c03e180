/** What a browser sends when a page opens a WebSocket: cookies and an Origin, but no Sec-Fetch-Site over ws://. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { atEnd } from "../support/at-end.ts";
import { device } from "./browser.ts";

const rwt = createRwt<string>({ store: memoryStore(), secret: "a secret of the tests, 32 bytes or more" });
const { authenticate } = requestAuth({ rwt, from: ["cookie"] });

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** RFC 6455 §4.2.2. */
const acceptOf = (key = ""): string =>
  createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");

test("a WebSocket opens from the app's own page, and not from another origin's", async () => {
  const page = (_: unknown, response: ServerResponse): void => {
    response.setHeader("Content-Type", "text/html").end("<!doctype html><title>A page</title>");
  };
  const app = await serve(page);
  const handshakes: [origin: unknown, site: unknown, hasCookie: boolean, status: number][] = [];
  app.server.on("upgrade", async (request: IncomingMessage, socket) => {
    const session = await authenticate(request);
    const { origin, cookie, "sec-fetch-site": site, "sec-websocket-key": key } = request.headers;
    const status = session instanceof Response ? session.status : 101;
    handshakes.push([origin, site, cookie !== undefined, status]);
    socket.write(
      status === 101
        ? `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptOf(key)}\r\n\r\n`
        : `HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\n\r\n`,
    );
    if (status !== 101) socket.end();
    atEnd(() => socket.destroy());
  });
  // Of the same site, so that its requests carry a Lax cookie.
  const sibling = await serve(page);

  const tab = await device();
  await tab.context().addCookies([
    {
      name: "__Host-rwt",
      value: await rwt.sign("Ada"),
      url: `${app.origin.replace("http", "https")}/`,
      secure: true,
      sameSite: "Lax",
    },
  ]);
  const open = `new Promise((resolve) => {
    const socket = new WebSocket("${app.origin.replace("http", "ws")}/socket");
    socket.onopen = () => resolve("opened");
    socket.onerror = () => resolve("refused");
  })`;
  await tab.goto(app.origin);
  expect(await tab.evaluate(open)).toBe("opened");
  await tab.goto(sibling.origin);
  expect(await tab.evaluate(open)).toBe("refused");
  expect(handshakes).toEqual([
    [app.origin, undefined, true, 101],
    [sibling.origin, undefined, true, 403],
  ]);
});
