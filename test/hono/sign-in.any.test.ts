import { type Context, Hono } from "hono";
import type { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  rwtAuth,
  signIn,
  signOut,
} from "../../src/hono/index.ts";
import { createRwt, type SignOptions, StoreUnavailableError } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { untouchedStore } from "../support/untouched-store.ts";

interface User {
  readonly name: string;
}

const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore();
const rwt = createRwt<User>({ store, secret, maxLifetime: 7200 });

function appWith(options: Partial<RwtAuthOptions<User>> = {}, signOptions?: SignOptions) {
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.use(rwtAuth({ rwt, from: ["cookie", "bearer"], ...options, optional: true }));
  app.post("/login", async (c) => c.text(await signIn(c, { name: "Ada" }, signOptions)));
  app.post("/logout", async (c) => c.json(await signOut(c)));
  app.get("/", (c) => c.text(c.var.session?.data.name ?? "a stranger"));
  return app;
}

const post = (app: Pick<Hono, "request">, path: string, headers: Record<string, string> = {}) =>
  app.request(path, { method: "POST", headers });
const cookieOf = (response: Response) => response.headers.get("Set-Cookie") ?? "";
const attributesOf = (response: Response) => cookieOf(response).split("; ").slice(1).sort();
const sendBack = (response: Response) => ({ Cookie: cookieOf(response).split(";")[0] ?? "" });

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

  test.each([{}, { verify: false }])(
    "ends the session that the request came with, first: %o",
    async (options) => {
      const app = appWith(options);
      const first = await post(app, "/login");
      const second = await post(app, "/login", sendBack(first));
      expect(await rwt.verify(await first.text())).toBeNull();
      expect(await rwt.verify(await second.text())).not.toBeNull();
      expect(second.headers.getSetCookie()).toHaveLength(1);
    },
  );

  test("twice in a request leaves the second session alone alive", async () => {
    const app = appWith();
    app.post("/twice", async (c) => c.json([await signIn(c, { name: "1" }), await signIn(c, { name: "2" })]));
    const [first, second] = (await (await post(app, "/twice")).json()) as [string, string];
    expect(await rwt.verify(first)).toBeNull();
    expect((await rwt.verify(second))?.data.name).toBe("2");
  });

  test("asks nothing of the store for a token that is known to be dead", async () => {
    let removals = 0;
    const remove: typeof store.remove = async () => {
      removals++;
      return false;
    };
    const counting = createRwt<User>({ store: { ...store, remove }, secret });
    const dead = await rwt.sign({ name: "Gone" });
    await rwt.destroy(dead);
    const response = await post(appWith({ rwt: counting }), "/login", { Cookie: `__Host-rwt=${dead}` });
    expect([response.status, removals]).toEqual([200, 0]);
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

describe("signOut", () => {
  test("ends the session everywhere and clears the cookie, in the same scope", async () => {
    const app = appWith();
    const login = await post(app, "/login");
    const response = await post(app, "/logout", sendBack(login));
    expect(await response.json()).toBe(true);
    expect(cookieOf(response)).toMatch(/^__Host-rwt=; Max-Age=0; Path=\//);
    expect(attributesOf(response)).toContain("Secure");
    expect(await rwt.verify(await login.text())).toBeNull();
    expect(await (await app.request("/", { headers: sendBack(login) })).text()).toBe("a stranger");
    expect(await (await post(app, "/logout", sendBack(login))).json()).toBe(false);
  });

  test("clears a cookie in the scope that it was set with", async () => {
    const cookie = { name: "sid", domain: "example.org", path: "/app", secure: false };
    const response = await post(appWith({ cookie }), "/logout");
    expect(cookieOf(response)).toMatch(/^sid=; /);
    expect(attributesOf(response)).toEqual([
      "Domain=example.org",
      "HttpOnly",
      "Max-Age=0",
      "Path=/app",
      "SameSite=Lax",
    ]);
  });

  test("twice in a request asks the store once", async () => {
    let removals = 0;
    const remove: typeof store.remove = (...args) => {
      removals++;
      return store.remove(...args);
    };
    const app = appWith({ rwt: createRwt<User>({ store: { ...store, remove }, secret }) });
    app.post("/twice", async (c) => c.json([await signOut(c), await signOut(c)]));
    const login = await post(app, "/login");
    expect(await (await post(app, "/twice", sendBack(login))).json()).toEqual([true, false]);
    expect(removals).toBe(1);
  });

  test("ends whatever the request carries: the cookie's session too where a bearer token counts first", async () => {
    for (const path of ["/logout", "/login"]) {
      for (const verify of [true, false]) {
        const app = appWith({ from: ["bearer", "cookie"], verify });
        const [cookie, bearer] = await Promise.all([rwt.sign({ name: "C" }), rwt.sign({ name: "B" })]);
        for (const first of [bearer, "junk"]) {
          const headers = { Authorization: `Bearer ${first}`, Cookie: `__Host-rwt=${cookie}` };
          expect((await post(app, path, headers)).status).toBe(200);
          expect(await rwt.verify(cookie)).toBeNull();
        }
        expect(await rwt.verify(bearer)).toBeNull();
      }
    }
  });

  test("leaves the cookies alone that the handler has set", async () => {
    const app = appWith();
    app.post("/bye", async (c) => {
      c.header("Set-Cookie", "theme=dark");
      return c.json(await signOut(c));
    });
    const response = await post(app, "/bye");
    expect(response.headers.getSetCookie()).toEqual(["theme=dark", expect.stringMatching(/^__Host-rwt=;/)]);
  });

  test("says true where any of the request's tokens had a session", async () => {
    const app = appWith({ from: ["bearer", "cookie"], verify: false });
    const login = await post(app, "/login");
    const headers = { ...sendBack(login), Authorization: "Bearer junk" };
    expect(await (await post(app, "/logout", headers)).json()).toBe(true);
    expect(await (await post(app, "/logout", headers)).json()).toBe(false);
  });

  test("ends the session of a bearer token", async () => {
    const app = appWith();
    const token = await (await post(app, "/login")).text();
    expect(await (await post(app, "/logout", { Authorization: `Bearer ${token}` })).json()).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("after signIn in the same request, ends the new session", async () => {
    const app = appWith();
    let token = "";
    app.post("/both", async (c) => {
      token = await signIn(c, { name: "Brief" });
      return c.json(await signOut(c));
    });
    expect(await (await post(app, "/both")).json()).toBe(true);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("of nobody: false, and no command", async () => {
    expect(await (await post(appWith(), "/logout")).json()).toBe(false);
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
    ["signIn", (c) => signIn(c, { name: "Ada" }), 401],
  ])("doesn't take the request's token for live after its end: %s", async (_, change, status) => {
    const headers = { Cookie: `__Host-rwt=${await rwt.sign({ name: "Ada" })}` };
    expect((await changing(change).request("/", { headers })).status).toBe(status);
  });
});

describe("while the store is out", () => {
  const fail = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const allOut = createRwt<User>({ store: { ...store, create: fail, read: fail, remove: fail }, secret });
  const noWrites = createRwt<User>({ store: { ...store, create: fail, remove: fail }, secret });

  test("signIn is a 503 and sets no cookie", async () => {
    const response = await post(appWith({ rwt: noWrites, retryAfter: 3 }), "/login");
    expect([response.status, response.headers.get("Retry-After"), cookieOf(response)]).toEqual([
      503,
      "3",
      "",
    ]);
  });

  test("signIn that can't end the former session sets no cookie, and is a 503", async () => {
    const noRemovals = createRwt<User>({ store: { ...store, remove: fail }, secret });
    const login = await post(appWith(), "/login");
    const response = await post(appWith({ rwt: noRemovals }), "/login", sendBack(login));
    expect([response.status, cookieOf(response)]).toEqual([503, ""]);
    expect(await rwt.verify(await login.text())).not.toBeNull();
  });

  test("signOut clears the cookie on an answer of your own too, whose headers can't be changed", async () => {
    const login = await post(appWith(), "/login");
    const onFailure = () => Response.redirect("http://localhost/sorry", 303);
    const response = await post(appWith({ rwt: noWrites, onFailure }), "/logout", sendBack(login));
    expect([response.status, response.headers.get("Location")]).toEqual([303, "http://localhost/sorry"]);
    expect(cookieOf(response)).toMatch(/^__Host-rwt=; Max-Age=0/);
  });

  test("signOut is a 503, for the session may still live; this browser forgets it all the same", async () => {
    const login = await post(appWith(), "/login");
    const response = await post(appWith({ rwt: noWrites }), "/logout", sendBack(login));
    expect(response.status).toBe(503);
    expect(cookieOf(response)).toMatch(/^__Host-rwt=; Max-Age=0/);
    // An app's own answer to errors keeps it, whether it makes a new one or sends the exception's.
    for (const own of [false, true]) {
      const app = appWith({ rwt: noWrites });
      app.onError((error, c) => (own ? c.text("sorry", 503) : (error as HTTPException).getResponse()));
      const answer = await post(app, "/logout", sendBack(login));
      expect(answer.status).toBe(503);
      expect(cookieOf(answer)).toMatch(/^__Host-rwt=; Max-Age=0/);
    }
    // With a check first, the outage would show before signOut has its turn.
    for (const verify of [true, false]) {
      const { status, headers } = await post(appWith({ rwt: allOut, verify }), "/logout", sendBack(login));
      expect([status, headers.has("Set-Cookie")]).toEqual([503, !verify]);
    }
  });
});

test("with verify: false nothing is asked of the store until they are called", async () => {
  const app = appWith({ rwt: createRwt<User>({ store: untouchedStore(), secret }), verify: false });
  const token = await rwt.sign({ name: "Ada" });
  expect(await (await app.request("/", { headers: { Cookie: `__Host-rwt=${token}` } })).text()).toBe(
    "a stranger",
  );
});

test("without rwtAuth before them, both say what is missing", async () => {
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
