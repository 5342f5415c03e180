import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { RequestRefusedError, requireSession, rwtFastify } from "../../src/fastify/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { appWith, Browser, serve, serviceWith, statusOf } from "./fixture.ts";

const rwt = serviceWith();
const origin = await serve(await appWith({ rwt }));
const signedIn = async (at = origin): Promise<Browser> => {
  const browser = new Browser(at);
  await browser.send("POST", "/login");
  return browser;
};

const challenge = (more = "") => `Bearer realm="api"${more}`;
const invalid = challenge(', error="invalid_token", error_description="Not a live token"');

describe("a request without a live session", () => {
  test.each([
    ["no token", {}, 401, challenge(), "Unauthorized"],
    ["a bad token", { Authorization: "Bearer rwt_bad" }, 401, invalid, "Not a live token"],
    ["a bad cookie", { Cookie: "__Host-rwt=rwt_bad" }, 401, invalid, "Not a live token"],
    [
      "a token carried wrongly",
      { Authorization: "Bearer" },
      400,
      challenge(', error="invalid_request", error_description="Send one token"'),
      "Send one token",
    ],
  ])(
    "gets the challenge of RFC 6750 with Fastify's JSON: %s",
    async (_, headers, status, expected, message) => {
      for (const path of ["/private", "/devices"]) {
        const answer = await fetch(`${origin}${path}`, { headers: headers as Record<string, string> });
        expect(answer.status).toBe(status);
        expect(answer.headers.get("WWW-Authenticate")).toBe(expected);
        expect(answer.headers.get("Cache-Control")).toBe("no-store");
        expect(answer.headers.getSetCookie()).toEqual([]);
        expect(await answer.json()).toMatchObject({
          statusCode: status,
          code: "ERR_RWT_REQUEST_REFUSED",
          message,
        });
      }
    },
  );
});

describe("another site's page", () => {
  const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };

  test.each(["/login", "/logout", "/rotate", "/end-others", "/logout-everywhere", "/private"])(
    "can't post to %s",
    async (path) => {
      const browser = await signedIn();
      const answer = await browser.send("POST", path, foreign);
      expect([answer.status, answer.headers.get("WWW-Authenticate")]).toEqual([403, null]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect((await browser.send("GET", "/private")).status).toBe(200);
    },
  );

  test("can link to a page", async () => {
    const answer = await (await signedIn()).send("GET", "/private", foreign);
    expect(answer.status).toBe(200);
  });

  test("can't open a WebSocket", async () => {
    const { cookie } = await signedIn();
    const socket = { Connection: "Upgrade", Upgrade: "websocket", Cookie: cookie };
    expect(await statusOf(`${origin}/private`, "GET", { ...socket, Origin: foreign.Origin })).toBe(403);
    expect(await statusOf(`${origin}/private`, "GET", { ...socket, Origin: origin })).toBe(200);
  });
});

describe("behind a proxy that changes Host", () => {
  const headers = { Host: "internal", "X-Forwarded-Host": "app.example", Origin: "https://app.example" };

  test.each([
    [true, 200],
    [false, 403],
  ])("the app's own page may post if Fastify trusts the proxy: %s", async (trustProxy, status) => {
    const behind = await serve(await appWith({ rwt }, { trustProxy }));
    expect(await statusOf(`${behind}/login`, "POST", headers)).toBe(status);
    expect(await statusOf(`${behind}/login`, "POST", { ...headers, Origin: "https://evil.example" })).toBe(
      403,
    );
  });
});

test("while Redis is out the answer is 503, a sign-out clears the cookie, and afterwards all is as before", async () => {
  const redis = await ownRedis();
  const store = ioredisStore(redis.url, { timeout: 500 });
  atEnd(() => store.disconnect());
  const at = await serve(await appWith({ rwt: serviceWith(store), retryAfter: 7 }));
  const browser = await signedIn(at);
  const { cookie } = browser;
  redis.freeze();
  try {
    for (const [method, path] of [
      ["GET", "/private"],
      ["GET", "/anyone"],
      ["GET", "/devices"],
      ["POST", "/login"],
      ["POST", "/logout-everywhere"],
      ["POST", "/logout"],
    ] as const) {
      expect(browser.cookie).toBe(cookie);
      const answer = await browser.send(method, path);
      expect([answer.status, answer.headers.get("Retry-After")], path).toEqual([503, "7"]);
      expect(answer.headers.get("WWW-Authenticate")).toBeNull();
      expect((await answer.json()).message).toBe("Service Unavailable");
    }
    expect(browser.cookie).toBe("");
  } finally {
    redis.thaw();
  }
  browser.cookie = cookie;
  await expect.poll(async () => (await browser.send("GET", "/anyone")).status).toBe(200);
});

describe("an error handler of the app's own", () => {
  async function appWithHandler(): Promise<string> {
    const app = Fastify();
    await app.register(rwtFastify, { rwt, from: ["cookie"] });
    app.setErrorHandler(async (error, request, reply) => {
      if (!(error instanceof RequestRefusedError)) throw error;
      if (request.url === "/api") return reply.code(error.statusCode).send({ refused: error.message });
      if (error.dropCookie) reply.header("Set-Cookie", error.dropCookie);
      return reply.redirect("/login", 303);
    });
    for (const path of ["/api", "/page"]) app.get(path, { onRequest: requireSession }, async () => "private");
    return serve(app);
  }

  test("needn't know of the headers", async () => {
    const answer = await fetch(`${await appWithHandler()}/api`, {
      headers: { Cookie: "__Host-rwt=rwt_bad" },
    });
    expect([answer.status, await answer.json()]).toEqual([401, { refused: "Not a live token" }]);
    expect(answer.headers.get("WWW-Authenticate")).toBe(invalid);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
  });

  test("redirects to a sign-in page, and drops a cookie that is dead, but none that didn't come", async () => {
    const browser = new Browser(await appWithHandler());
    for (const dropped of [0, 1]) {
      const answer = await browser.send("GET", "/page");
      expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/login"]);
      expect(answer.headers.get("WWW-Authenticate")).toBeNull();
      expect(answer.headers.getSetCookie()).toHaveLength(dropped);
      browser.cookie = "__Host-rwt=rwt_bad";
    }
  });
});
