import { type Context, Hono } from "hono";
import { describe, expect, test } from "vitest";
import { type OptionalRwtVariables, rwtAuth, signIn, signOut } from "../../src/hono/index.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { secret, store, type User } from "./fixture.ts";
import { appWith, attributesOf, cookieOf, EITHER, post, rwt, sendBack } from "./sign-in-fixture.ts";

describe("signIn", () => {
  test("sets a cookie that opens the session, and gives the token", async () => {
    const app = appWith({}, { subject: "42", expire: 60 });
    const response = await post(app, "/login");
    const token = await response.text();
    expect(cookieOf(response)).toMatch(new RegExp(`^__Host-rwt=${token};`));
    expect(attributesOf(response)).toEqual(["HttpOnly", "Max-Age=7200", "Path=/", "SameSite=Lax", "Secure"]);
    expect(await (await app.request("/", { headers: sendBack(response) })).text()).toBe("Ada");
    expect(await rwt.verify(token)).toMatchObject({ subject: "42", expire: 60 });
  });

  test("the cookie as the options say", async () => {
    const cookie = {
      name: "sid",
      domain: "example.org",
      path: "/app",
      sameSite: "Strict",
      secure: false,
    } as const;
    const response = await post(appWith({ cookie: { ...cookie, persistent: false } }), "/login");
    expect(cookieOf(response)).toMatch(/^sid=rwt_/);
    expect(attributesOf(response)).toEqual([
      "Domain=example.org",
      "HttpOnly",
      "Path=/app",
      "SameSite=Strict",
    ]);
    const across = await post(appWith({ cookie: { sameSite: "None" } }), "/login");
    expect(attributesOf(across)).toContain("SameSite=None");
  });

  test("a life longer than browsers keep cookies", async () => {
    const long = createRwt<User>({ store, secret, maxLifetime: 4_000_000_000 });
    const response = await post(appWith({ rwt: long }), "/login");
    expect(attributesOf(response)).toContain("Max-Age=34560000");
  });

  test("no cookie where the cookie is no carrier", async () => {
    const response = await post(appWith({ from: ["bearer"] }), "/login");
    expect(cookieOf(response)).toBe("");
    expect(await rwt.verify(await response.text())).not.toBeNull();
  });

  test.each(EITHER)("ends the session that the request came with, first: behind %s", async (_, appWith) => {
    const app = appWith();
    const first = await post(app, "/login");
    const second = await post(app, "/login", sendBack(first));
    expect(await rwt.verify(await first.text())).toBeNull();
    expect(await rwt.verify(await second.text())).not.toBeNull();
    expect(second.headers.getSetCookie()).toHaveLength(1);
  });

  test("twice in a request leaves the second session alone alive", async () => {
    const app = appWith();
    app.post("/twice", async (c) => c.json([await signIn(c, { name: "1" }), await signIn(c, { name: "2" })]));
    const [first, second] = (await (await post(app, "/twice")).json()) as [string, string];
    expect(await rwt.verify(first)).toBeNull();
    expect((await rwt.verify(second))?.data.name).toBe("2");
  });

  test("asks nothing of the store for a token that is known to be dead", async () => {
    let ends = 0;
    const destroy: TokenStore["destroy"] = async () => {
      ends++;
      return false;
    };
    const counting = createRwt<User>({ store: { ...store, destroy }, secret });
    const dead = await rwt.sign({ name: "Gone" });
    await rwt.destroy(dead);
    const response = await post(appWith({ rwt: counting }), "/login", { Cookie: `__Host-rwt=${dead}` });
    expect([response.status, ends]).toEqual([200, 0]);
  });

  test("that fails on bad data leaves the former session as it was", async () => {
    const app = appWith();
    app.post("/bad", async (c) => c.text(await signIn(c, { name: undefined } as never)));
    app.onError((error, c) => c.text(error.name, 500));
    const login = await post(app, "/login");
    expect(await (await post(app, "/bad", sendBack(login))).text()).toBe("DataError");
    expect(await rwt.verify(await login.text())).not.toBeNull();
  });

  test("works for who still holds a dead cookie", async () => {
    expect((await post(appWith(), "/login", { Cookie: "__Host-rwt=dead" })).status).toBe(200);
  });
});

describe("a check that comes later in the same request", () => {
  const changing = (change: (c: Context) => Promise<unknown>) => {
    const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
    app.use(rwtAuth({ rwt, from: ["cookie"], optional: true }));
    app.use(async (c, next) => {
      await change(c);
      await next();
    });
    app.get("/", rwtAuth({ rwt, from: ["cookie"] }), (c) => c.text("in"));
    return app;
  };

  test.each<[string, (c: Context) => Promise<unknown>, number]>([
    ["nothing in between", async () => {}, 200],
    ["signOut", signOut, 401],
  ])("doesn't take the request's token for live after its end: %s", async (_, change, status) => {
    const headers = { Cookie: `__Host-rwt=${await rwt.sign({ name: "Ada" })}` };
    expect((await changing(change).request("/", { headers })).status).toBe(status);
  });
});

test("without rwtAuth or rwtCarrier before them, both say what is missing", async () => {
  const app = new Hono();
  app.post("/login", async (c) => c.text(await signIn(c, 1)));
  app.post("/logout", async (c) => c.json(await signOut(c)));
  app.onError((error, c) => c.json({ ...error, message: error.message }, 500));
  for (const [path, name] of [
    ["/login", "signIn"],
    ["/logout", "signOut"],
  ] as const) {
    expect(await (await post(app, path)).json()).toMatchObject({
      code: "ERR_RWT_MIDDLEWARE_MISSING",
      message: expect.stringContaining(name),
    });
  }
});
