import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import {
  type OptionalRwtVariables,
  type RwtAuthOptions,
  type RwtVariables,
  rwtAuth,
  signIn,
} from "../../src/hono/index.ts";
import { createRwt, type Rwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { memoryStore } from "../../src/stores/memory.ts";

interface User {
  readonly name: string;
}

const secret = "a secret of the tests, 32 bytes or more";
const store = memoryStore();
const rwt = createRwt<User>({ store, secret });
const live = await signed("Ada");
const junk = "not-a-token";

function signed(name: string): Promise<string> {
  return rwt.sign({ name });
}

function appWith(options: Partial<RwtAuthOptions<User>> = {}) {
  const app = new Hono<{ Variables: RwtVariables<User> }>();
  app.use("/private/*", rwtAuth({ rwt, from: ["bearer", "cookie", "header"], ...options }));
  app.get("/private/me", (c) => c.text(c.var.session.data.name));
  return app;
}

const get = (app: Pick<Hono, "request">, headers: Record<string, string>) =>
  app.request("/private/me", { headers });
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const challengeOf = (response: Response) => response.headers.get("WWW-Authenticate");

describe("carriers", () => {
  const app = appWith();
  test.each([
    ["bearer", bearer(live)],
    ["bearer in lower case", { authorization: `bearer ${live}` }],
    ["bearer with more spaces", { authorization: `Bearer   ${live} ` }],
    ["cookie", { Cookie: `theme=dark; __Host-rwt=${live}; lang=en` }],
    ["header", { "x-access-token": live }],
  ])("%s", async (_, headers) => {
    const response = await get(app, headers);
    expect([response.status, await response.text()]).toEqual([200, "Ada"]);
  });

  test("only those that are named", async () => {
    const app = appWith({ from: ["header"], header: "X-Auth" });
    for (const headers of [bearer(live), { Cookie: `__Host-rwt=${live}` }, { "x-access-token": live }]) {
      expect((await get(app, headers)).status).toBe(401);
    }
    expect((await get(app, { "x-auth": live })).status).toBe(200);
  });

  test("the first in the order given counts, between a cookie and another", async () => {
    const grace = await signed("Grace");
    const both = { ...bearer(grace), Cookie: `__Host-rwt=${live}` };
    expect(await (await get(appWith({ from: ["bearer", "cookie"] }), both)).text()).toBe("Grace");
    expect(await (await get(appWith({ from: ["cookie", "bearer"] }), both)).text()).toBe("Ada");
  });

  test("what isn't named may even be malformed", async () => {
    const app = appWith({ from: ["header"] });
    expect((await get(app, { Authorization: "Bearer", "x-access-token": live })).status).toBe(200);
  });

  test("a cookie of another name", async () => {
    const app = appWith({ from: ["cookie"], cookie: { name: "sid", secure: false } });
    expect((await get(app, { Cookie: `sid=${live}` })).status).toBe(200);
    expect((await get(app, { Cookie: `__Host-rwt=${live}` })).status).toBe(401);
  });
});

describe("refusals, as RFC 6750 says", () => {
  const app = appWith({ realm: "the vault" });

  test.each([
    ["nothing", {}],
    ["another scheme", { Authorization: "Basic YTpi" }],
    ["a scheme that only begins alike", { Authorization: `Bearers ${live}` }],
    ["an empty header", { "x-access-token": "" }],
    ["an empty cookie", { Cookie: "__Host-rwt=" }],
    ["another cookie", { Cookie: "session=1" }],
  ])("no token: 401 with a challenge and no error code: %s", async (_, headers) => {
    const response = await get(app, headers as Record<string, string>);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toBe('Bearer realm="the vault"');
    expect(response.headers.get("Content-Type")).toBe("text/plain; charset=UTF-8");
  });

  test.each([
    ["junk", bearer(junk)],
    ["a forged one", bearer(`${live.slice(0, -1)}${live.endsWith("A") ? "B" : "A"}`)],
    ["another format", bearer("eyJhbGciOiJIUzI1NiJ9.e30.c2ln")],
    ["junk in the cookie", { Cookie: `__Host-rwt=${junk}` }],
    ["junk in the header", { "x-access-token": "white space and ünicode".replace("ü", "u") }],
  ])("a bad token: 401 and invalid_token: %s", async (_, headers) => {
    const response = await get(app, headers);
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatch(
      /^Bearer realm="the vault", error="invalid_token", error_description="[\x20\x21\x23-\x5b\x5d-\x7e]+"$/,
    );
    const body = await response.text();
    for (const value of Object.values(headers))
      expect(challengeOf(response) + body).not.toContain(value.slice(7));
  });

  test("a destroyed token: 401 and invalid_token", async () => {
    const token = await signed("Gone");
    expect((await get(app, bearer(token))).status).toBe(200);
    await rwt.destroy(token);
    const response = await get(app, bearer(token));
    expect([response.status, challengeOf(response)]).toEqual([401, expect.stringContaining("invalid_token")]);
  });

  test.each([
    ["no token after Bearer", { Authorization: "Bearer" }],
    ["nothing but spaces", { Authorization: "Bearer   " }],
    ["two tokens", { Authorization: `Bearer ${live} ${live}` }],
    ["two headers in one", { Authorization: `Bearer ${live}, Bearer ${live}` }],
    ["a character that no token has", { Authorization: `Bearer ${live}"` }],
    ["a quoted token", { Authorization: `Bearer "${live}"` }],
    ["two ways at once", { ...bearer(live), "x-access-token": live }],
  ])("carried wrongly: 400 and invalid_request: %s", async (_, headers) => {
    const response = await get(app, headers as Record<string, string>);
    expect([response.status, challengeOf(response)]).toEqual([
      400,
      expect.stringContaining('error="invalid_request"'),
    ]);
  });

  test("none may be kept by a cache, and neither may what passes", async () => {
    for (const headers of [{}, bearer(junk), bearer(live)]) {
      expect((await get(app, headers as Record<string, string>)).headers.get("Cache-Control")).toBe(
        "no-store",
      );
    }
    const own = appWith();
    own.get("/private/own", (c) => c.text("mine", 200, { "Cache-Control": "private, max-age=5" }));
    const response = await own.request("/private/own", { headers: bearer(live) });
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=5");
  });

  test("no answer sets a cookie", async () => {
    for (const headers of [
      {},
      bearer(junk),
      { Cookie: `__Host-rwt=${live}` },
      { Cookie: `__Host-rwt=${junk}` },
    ]) {
      expect((await get(app, headers as Record<string, string>)).headers.get("Set-Cookie")).toBeNull();
    }
  });
});

describe("an outage", () => {
  const read: TokenStore["read"] = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const broken = createRwt<User>({ store: { ...store, read }, secret });

  test("is 503 with Retry-After, never 401, and never lets in, optional or not", async () => {
    for (const optional of [false, true]) {
      const app = appWith({ rwt: broken, retryAfter: 7, optional });
      const response = await get(app, bearer(live));
      expect(response.status).toBe(503);
      expect(response.headers.get("Retry-After")).toBe("7");
      expect(challengeOf(response)).toBeNull();
      expect(await response.text()).toBe("Service Unavailable");
    }
  });

  test("is the cause of the exception, and of what onFailure sees", async () => {
    const causes: unknown[] = [];
    const own = appWith({
      rwt: broken,
      onFailure(_, failure) {
        causes.push(failure.cause);
        return failure.response;
      },
    });
    expect((await get(own, bearer(live))).status).toBe(503);
    const app = appWith({ rwt: broken });
    app.onError((error, c) => {
      causes.push(error.cause);
      return c.text(error.message, 503);
    });
    expect(await (await get(app, bearer(live))).text()).toBe("gone");
    expect(causes).toHaveLength(2);
    for (const cause of causes) expect(cause).toBeInstanceOf(StoreUnavailableError);
  });

  test("is not asked about for a forged token", async () => {
    expect((await get(appWith({ rwt: broken }), bearer(junk))).status).toBe(401);
  });

  test("any other error is the app's own", async () => {
    const odd = { ...rwt, verify: () => Promise.reject(new Error("a bug")) } as Rwt<User>;
    const app = appWith({ rwt: odd });
    app.onError((error, c) => c.text(`${error.constructor.name}: ${error.message}`, 500));
    expect(await (await get(app, bearer(live))).text()).toBe("Error: a bug");
  });
});

describe("answers of the app's own", () => {
  test("by app.onError: an HTTPException with the answer and the cause", async () => {
    const app = appWith();
    app.onError((error, c) => {
      const status = error instanceof HTTPException ? error.status : 500;
      return c.json({ problem: status }, status);
    });
    const response = await get(app, bearer(junk));
    expect([response.status, await response.json()]).toEqual([401, { problem: 401 }]);
  });

  test("by onFailure, which sees why and may build on the answer", async () => {
    const app = appWith({
      onFailure(c, failure) {
        const { status, error, response } = failure;
        return c.json({ status, error: error ?? null }, status, Object.fromEntries(response.headers));
      },
    });
    const response = await get(app, bearer(junk));
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toContain("invalid_token");
    expect(await response.json()).toEqual({ status: 401, error: "invalid_token" });
    expect(await (await get(app, {})).json()).toEqual({ status: 401, error: null });
  });
});

describe("an answer by onFailure", () => {
  test("may have any status, such as a redirect to the sign-in page, and sets its cookies once", async () => {
    const app = appWith({
      onFailure(c) {
        c.header("Set-Cookie", "back=/private/me", { append: true });
        return c.redirect("/login");
      },
    });
    const response = await get(app, {});
    expect([response.status, response.headers.get("Location")]).toEqual([302, "/login"]);
    expect(response.headers.getSetCookie()).toEqual(["back=/private/me"]);
  });

  test("holds for what signIn and signOut meet, too", async () => {
    const create: TokenStore["create"] = () => Promise.reject(new StoreUnavailableError("network", "gone"));
    const app = new Hono();
    const onFailure: RwtAuthOptions["onFailure"] = (c) => c.json({ own: true }, 500);
    app.use(rwtAuth({ rwt: createRwt({ store: { ...store, create }, secret }), verify: false, onFailure }));
    app.post("/login", async (c) => c.text(await signIn(c, 1)));
    const response = await app.request("/login", { method: "POST" });
    expect([response.status, await response.json()]).toEqual([500, { own: true }]);
  });
});

describe("optional", () => {
  const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
  app.use(rwtAuth({ rwt, from: ["bearer", "cookie"], optional: true }));
  app.get("/private/me", (c) => c.text(c.var.session?.data.name ?? "a stranger"));

  test.each([
    ["no token", {}, 200, "a stranger"],
    ["a live token", bearer(live), 200, "Ada"],
    ["a dead cookie", { Cookie: `__Host-rwt=${junk}` }, 200, "a stranger"],
    ["a bad bearer token", bearer(junk), 200, "a stranger"],
    ["one carried wrongly", { Authorization: "Bearer" }, 400, expect.any(String)],
  ])("%s", async (_, headers, status, text) => {
    const response = await get(app, headers as Record<string, string>);
    expect([response.status, await response.text()]).toEqual([status, text]);
  });
});

test("where there is no session, it is undefined, as its type says", async () => {
  for (const options of [{ optional: true }, { verify: false }] as const) {
    const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
    app.use(rwtAuth({ rwt, ...options }));
    app.get("/private/me", (c) => c.json([c.var.session === undefined]));
    expect(await (await get(app, bearer(junk))).json()).toEqual([true]);
  }
});

describe("the service", () => {
  test("is made once for each environment, not for each request", async () => {
    const made: unknown[] = [];
    const app = new Hono<{ Bindings: { NAME: string }; Variables: RwtVariables<User> }>();
    app.use(
      rwtAuth<User>({
        rwt(c) {
          made.push(c.env.NAME);
          return rwt;
        },
      }),
    );
    app.get("/private/me", (c) => c.text(c.var.session.data.name));
    const [one, two] = [{ NAME: "one" }, { NAME: "two" }];
    for (const env of [one, one, two, one, two]) {
      expect((await app.request("/private/me", { headers: bearer(live) }, env)).status).toBe(200);
    }
    expect(made).toEqual(["one", "two"]);
  });

  test("is shared by all middlewares that name the same function", async () => {
    const made: unknown[] = [];
    const make = () => {
      const service = createRwt<User>({ store, secret });
      made.push(service);
      return service;
    };
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt: make, optional: true }));
    app.get("/private/me", rwtAuth({ rwt: make }), (c) => c.text(c.var.session.data.name));
    const env = { NAME: "one" };
    for (const _ of [1, 2]) {
      expect((await app.request("/private/me", { headers: bearer(live) }, env)).status).toBe(200);
    }
    expect(made).toHaveLength(1);
  });

  test("must not be a promise, which the error says", async () => {
    for (const env of [{ NAME: "one" }, undefined]) {
      const app = new Hono();
      app.use(rwtAuth({ rwt: (async () => rwt) as never }));
      app.onError((error, c) => c.json({ ...error, message: error.message }, 500));
      const response = await app.request("/private/me", { headers: bearer(live) }, env);
      expect(await response.json()).toMatchObject({
        code: "ERR_RWT_OPTION_TYPE",
        option: "rwt",
        message: expect.stringContaining("not a promise"),
      });
    }
  });

  test("is asked once a request, however many middlewares check the same token", async () => {
    let reads = 0;
    const counted: TokenStore["read"] = (...args) => {
      reads++;
      return store.read(...args);
    };
    const counting = createRwt<User>({ store: { ...store, read: counted }, secret });
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt: counting, from: ["cookie", "bearer"], optional: true }));
    app.use("/private/*", rwtAuth({ rwt: counting }));
    app.get("/private/me", rwtAuth({ rwt: counting }), (c) => c.text(c.var.session.data.name));
    expect(await (await get(app, bearer(live))).text()).toBe("Ada");
    expect(reads).toBe(1);
    // Another token by another carrier is another question.
    expect((await get(app, { Cookie: `__Host-rwt=${live}` })).status).toBe(401);
  });

  test("is asked once for a dead token too", async () => {
    let reads = 0;
    const read: TokenStore["read"] = async () => {
      reads++;
      return null;
    };
    const counting = createRwt<User>({ store: { ...store, read }, secret });
    const app = new Hono();
    app.use(rwtAuth({ rwt: counting, optional: true }));
    app.get("/private/me", rwtAuth({ rwt: counting }), (c) => c.text("in"));
    expect((await get(app, bearer(live))).status).toBe(401);
    expect(reads).toBe(1);
  });

  test("is asked again for another token of the same request", async () => {
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt, from: ["cookie"] }));
    app.get("/private/me", rwtAuth({ rwt, from: ["bearer"] }), (c) => c.text(c.var.session.data.name));
    const headers = { ...bearer(await signed("Grace")), Cookie: `__Host-rwt=${live}` };
    expect(await (await get(app, headers)).text()).toBe("Grace");
  });

  test("checks a token that an earlier middleware only read", async () => {
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt, verify: false }));
    app.get("/private/me", rwtAuth({ rwt }), (c) => c.text(c.var.session.data.name));
    expect(await (await get(app, bearer(live))).text()).toBe("Ada");
    expect((await get(app, bearer(junk))).status).toBe(401);
  });

  test("two services on one app are asked each", async () => {
    const other = createRwt<User>({ store, secret, prefix: "other:" });
    const app = new Hono();
    app.use(rwtAuth({ rwt, optional: true }));
    app.get("/private/me", rwtAuth({ rwt: other }), (c) => c.text("in"));
    expect((await get(app, bearer(live))).status).toBe(401);
  });
});

describe("answers that a handler got from elsewhere", () => {
  test("pass, whether their headers can be changed or not", async () => {
    const app = appWith();
    app.get("/private/redirect", () => Response.redirect("http://localhost/there", 302));
    app.get("/private/stream", () => new Response(new Blob(["streamed"]).stream()));
    for (const [path, status, text] of [
      ["/private/redirect", 302, ""],
      ["/private/stream", 200, "streamed"],
    ] as const) {
      const response = await app.request(path, { headers: bearer(live) });
      expect([response.status, await response.text()]).toEqual([status, text]);
      expect(response.headers.get("Cache-Control")).toBe("no-store");
    }
  });

  test("and so do an app's own errors and what it doesn't have", async () => {
    const app = appWith();
    app.get("/private/throw", () => {
      throw new Error("the handler's own");
    });
    app.onError((error, c) => c.text(error.message, 500));
    expect(await (await app.request("/private/throw", { headers: bearer(live) })).text()).toBe(
      "the handler's own",
    );
    expect((await app.request("/private/nothing", { headers: bearer(live) })).status).toBe(404);
    expect((await appWith().request("/private/nothing")).status).toBe(401);
  });
});
