import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import { rwtAuth } from "../../src/hono/index.ts";
import { requestAuth } from "../../src/request/index.ts";
import { bearer, rwt, signed } from "../hono/fixture.ts";

type Headers = Readonly<Record<string, string>>;
type Ask = (headers: Headers, method?: string) => Promise<number>;

const OWN = "https://app.example.org";
const options = { rwt, from: ["bearer", "cookie"], csrf: { origins: ["https://www.example.org"] } } as const;
const { authenticate } = requestAuth(options);
const statusOf = (answer: unknown): number => (answer instanceof Response ? answer.status : 200);

const app = new Hono();
app.use(rwtAuth(options));
app.all("/socket", (c) => c.text("opened"));

/** A handshake is a `GET` that only its headers distinguish from opening a page. */
const faces: Readonly<Record<string, Ask>> = {
  Hono: async (headers, method = "GET") => (await app.request(`${OWN}/socket`, { method, headers })).status,
  "requestAuth over Node's own request": async (headers, method = "GET") => {
    const lowerCase = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    const given = { host: "app.example.org", ...Object.fromEntries(lowerCase) };
    return statusOf(await authenticate({ method, url: "/socket", headers: given }));
  },
};

const upgrade = { Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13" };

describe.each(Object.entries(faces))("a WebSocket's handshake with a cookie, by %s", (_, ask) => {
  test.each<[who: string, headers: Headers, status: number]>([
    ["the page itself, over ws:// without Sec-Fetch-Site", { Origin: OWN }, 200],
    ["the page itself, over wss://", { Origin: OWN, "Sec-Fetch-Site": "same-origin" }, 200],
    ["a page that is named", { Origin: "https://www.example.org", "Sec-Fetch-Site": "same-site" }, 200],
    ["a program, which sends neither", {}, 200],
    ["another site's page", { Origin: "https://evil.example" }, 403],
    [
      "another site's page, with Sec-Fetch-Site",
      { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" },
      403,
    ],
    ["another host of the site", { Origin: "https://blog.example.org" }, 403],
    [
      "another host of the site, with Sec-Fetch-Site",
      { Origin: "https://blog.example.org", "Sec-Fetch-Site": "same-site" },
      403,
    ],
    ["a sandboxed frame", { Origin: "null" }, 403],
    ["the page's host by another port", { Origin: `${OWN}:8443` }, 403],
    ["Sec-Fetch-Site alone", { "Sec-Fetch-Site": "same-site" }, 403],
  ])("%s", async (_, headers, status) => {
    const Cookie = `__Host-rwt=${await signed("Ada")}`;
    for (const Upgrade of ["websocket", "WebSocket", "WEBSOCKET", "websocket, h2c"]) {
      expect(await ask({ ...upgrade, Upgrade, ...headers, Cookie })).toBe(status);
    }
    // The same headers are allowed when a page is opened, since links to it may be anywhere.
    expect(await ask({ ...headers, Cookie })).toBe(200);
  });

  test("over HTTP/2, with the method CONNECT", async () => {
    const Cookie = `__Host-rwt=${await signed("Ada")}`;
    const headers = { Cookie, Origin: "https://evil.example" };
    const asked = authenticate({
      method: "CONNECT",
      url: "/socket",
      headers: { ...headers, ":protocol": "websocket" },
    });
    expect(statusOf(await asked)).toBe(403);
  });

  test("is accepted with a bearer token, which no page can send", async () => {
    const headers = { ...upgrade, Origin: "https://evil.example", ...bearer(await signed("Ada")) };
    expect(await ask(headers)).toBe(200);
  });

  test("differs from an upgrade to another protocol, which isn't checked", async () => {
    const headers = {
      Upgrade: "h2c",
      Origin: "https://evil.example",
      Cookie: `__Host-rwt=${await signed("Ada")}`,
    };
    expect(await ask(headers)).toBe(200);
  });
});
