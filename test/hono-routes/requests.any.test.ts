import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import { type RouteFailure, rwtOpenApi, rwtRoutes } from "../../src/hono-routes/index.ts";
import { ada, appWith, asBilling, billing, post, rwt } from "./fixture.ts";
import { expectOptionError } from "./option-error.ts";

const app = appWith();
const token = await rwt.sign(ada);
const paths = ["/introspect", "/revoke", "/token/extend"];
const form = `token=${token}`;
const JSON_TYPE = { "Content-Type": "application/json" };
const NO_TYPE = { "Content-Type": "" };
const MULTIPART = { "Content-Type": "multipart/form-data; boundary=x" };

describe("a malformed request is refused, and does nothing", () => {
  test.each<[string, number, string, string, Record<string, string>?]>([
    ["no body", 400, "", ""],
    ["no token", 400, "", "token_type_hint=access_token"],
    ["an empty token", 400, "", "token="],
    ["two tokens", 400, "", `${form}&token=other`],
    ["the same token twice", 400, "", `${form}&${form}`],
    ["another parameter twice", 400, "", `${form}&token_type_hint=a&token_type_hint=b`],
    ["a further way to authenticate", 400, "", `${form}&client_id=billing&client_secret=x`],
    ["an assertion besides", 400, "", `${form}&client_assertion=x`],
    ["the token in the URL", 400, `?${form}`, ""],
    ["the token in the URL and in the body", 400, `?${form}`, form],
    ["an access token in the URL", 400, `?access_token=${token}`, form],
    ["a secret in the URL", 400, "?client_secret=x", form],
    ["JSON", 415, "", JSON.stringify({ token }), JSON_TYPE],
    ["JSON that is a form", 415, "", form, JSON_TYPE],
    ["no type", 415, "", form, NO_TYPE],
    [
      "a type that only begins alike",
      415,
      "",
      form,
      { "Content-Type": "application/x-www-form-urlencoded2" },
    ],
    [
      "a multipart form",
      415,
      "",
      `--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n${token}\r\n--x--`,
      MULTIPART,
    ],
    ["a body that is too large", 413, "", `${form}&padding=${"x".repeat(8192)}`],
    ["a token that is too large", 413, "", `token=${"x".repeat(100_000)}`],
  ])("%s: %i", async (_, status, query, body, headers = {}) => {
    for (const path of paths) {
      const response = await post(app, path + query, body, { ...asBilling, ...headers });
      expect(response.status).toBe(status);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
      const text = await response.text();
      expect(JSON.parse(text)).toEqual({
        error: "invalid_request",
        error_description: expect.stringMatching(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/),
      });
      expect(text).not.toContain(token.slice(4, 24));
    }
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])(
    "%s: 405, with the allowed methods",
    async (method) => {
      for (const path of paths) {
        const response = await app.request(`/oauth${path}?token=${token}`, { method, headers: asBilling });
        expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST"]);
        expect(response.headers.get("Cache-Control")).toBe("no-store");
      }
      expect(await rwt.verify(token)).not.toBeNull();
    },
  );

  test("without authentication it is a 401, and its body isn't read", async () => {
    const body = new ReadableStream(
      {
        pull() {
          throw new Error("was read");
        },
      },
      { highWaterMark: 0 },
    );
    const request = new Request("http://service/oauth/introspect", {
      method: "POST",
      body,
      duplex: "half",
    } as RequestInit);
    expect((await app.request(request)).status).toBe(401);
  });

  test("a stream without an end is cut off", async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 1024;
        controller.enqueue(new Uint8Array(1024).fill(120));
      },
    });
    const headers = { ...asBilling, "Content-Type": "application/x-www-form-urlencoded" };
    const request = new Request("http://service/oauth/introspect", {
      method: "POST",
      headers,
      body,
      duplex: "half",
    } as RequestInit);
    expect((await app.request(request)).status).toBe(413);
    expect(sent).toBeLessThan(100_000);
  });
});

describe("a valid request", () => {
  test.each<[string, string, string, Record<string, string>?]>([
    ["with a charset", "", form, { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" }],
    ["whatever the type's case", "", form, { "Content-Type": "Application/X-WWW-Form-Urlencoded" }],
    ["with parameters that nobody knows", "", `resource=a&${form}&client_id=billing`],
    ["with a query of the app's own", "?trace=1", form],
    ["with a body of just the limit", "", `${form}&x=${"x".repeat(8192 - form.length - 3)}`],
    ["with its token encoded", "", `token=${token.replace("_", "%5F")}`],
  ])("%s is accepted", async (_, query, body, headers = {}) => {
    const response = await post(app, `/introspect${query}`, body, { ...asBilling, ...headers });
    expect(await response.json()).toMatchObject({ active: true });
  });

  test.each([
    ["text", (c: Context) => c.req.text()],
    ["bytes", (c: Context) => c.req.arrayBuffer()],
    ["a form", (c: Context) => c.req.parseBody()],
  ])("is accepted even if a middleware has read its body as %s", async (_, read) => {
    const own = new Hono();
    own.use(async (c, next) => {
      await read(c);
      await next();
    });
    own.route("/oauth", rwtRoutes({ rwt, clients: [billing] }));
    expect(await (await post(own, "/introspect", { token })).json()).toMatchObject({ active: true });
    expect((await post(own, "/introspect", { token, x: "x".repeat(8192) })).status).toBe(413);
  });

  test("that isn't UTF-8 contains no token", async () => {
    expect(await (await post(app, "/introspect", `token=%ff%00${token}`)).json()).toEqual({ active: false });
  });
});

test("onFailure returns the app's own answer, and gets the client and the reason", async () => {
  const seen: RouteFailure[] = [];
  const own = appWith({
    onFailure(c, failure) {
      seen.push(failure);
      return c.json({ own: failure.status }, failure.status);
    },
  });
  expect(await (await post(own, "/introspect", {})).json()).toEqual({ own: 400 });
  expect(await (await post(own, "/introspect", { token }, {})).json()).toEqual({ own: 401 });
  expect(seen).toMatchObject([
    { error: "invalid_request", client: "billing" },
    { error: "invalid_client", client: undefined },
  ]);
});

test("other paths are left to the app", async () => {
  expect((await app.request("/oauth/token", { method: "POST", headers: asBilling })).status).toBe(404);
});

describe("invalid options are refused at creation", () => {
  const clients = [billing];
  test.each<[string, unknown, string, string]>([
    ["the service itself", rwt, "rwtRoutes's options", "TYPE"],
    ["no service", { clients }, "rwt", "TYPE"],
    ["a promise of one", { rwt: Promise.resolve(rwt), clients }, "rwt", "TYPE"],
    ["no clients", { rwt }, "clients", "TYPE"],
    ["a name wrongly spelt", { rwt, clients, claim: () => ({}) }, "claim", "UNKNOWN"],
    ["claims that are no function", { rwt, clients, claims: ["role"] }, "claims", "TYPE"],
    ["onFailure that is none", { rwt, clients, onFailure: true }, "onFailure", "TYPE"],
    ["no seconds", { rwt, clients, retryAfter: 0 }, "retryAfter", "RANGE"],
  ])("%s", (_, options, option, code) => {
    expectOptionError(() => rwtRoutes(options as never), option, code, { secret: billing.secret });
  });

  test.each<[string, unknown, string, string]>([
    ["a text", "/oauth", "rwtOpenApi's options", "TYPE"],
    ["a URL object", { server: new URL("http://localhost/oauth") }, "server", "TYPE"],
    ["a name wrongly spelt", { path: "/oauth" }, "path", "UNKNOWN"],
    ["a title that is no text", { title: 1 }, "title", "TYPE"],
  ])("of rwtOpenApi: %s", (_, options, option, code) => {
    expectOptionError(() => rwtOpenApi(options as never), option, code, {});
  });
});
