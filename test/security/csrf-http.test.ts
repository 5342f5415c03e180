/** The same protection over real HTTP, with Node's own request. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, test } from "vitest";
import { requestAuth } from "../../src/request/index.ts";
import { rwt, signed } from "../hono/fixture.ts";

const { authenticate } = requestAuth({ rwt, from: ["cookie"] });
const server = createServer((req, res) => {
  authenticate(req).then(
    (session) => res.writeHead(session instanceof Response ? session.status : 200).end(),
    () => res.writeHead(500).end(),
  );
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
afterAll(() => server.close());
const { port } = server.address() as AddressInfo;

async function statusOf(method: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const Cookie = `__Host-rwt=${await signed("Ada")}`;
  const sent = request({ host: "127.0.0.1", port, path: "/mail", method, headers: { Cookie, ...headers } });
  sent.end();
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

test.each([
  ["POST", { Origin: `http://127.0.0.1:${port}` }, 200],
  ["POST", { Origin: "http://127.0.0.1:1" }, 403],
  ["POST", { Origin: "null" }, 403],
  ["POST", { "Sec-Fetch-Site": "cross-site" }, 403],
  ["DELETE", { "Sec-Fetch-Site": "same-origin" }, 200],
  ["POST", { Host: "app.example.org", Origin: "https://app.example.org" }, 200],
  ["POST", {}, 200],
  ["GET", { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" }, 200],
] as const)("a %s with %j is %i", async (method, headers, status) => {
  expect(await statusOf(method, headers)).toBe(status);
});
