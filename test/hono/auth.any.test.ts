import { Hono } from "hono";
import { handle } from "hono/cloudflare-pages";
import { describe, expect, test } from "vitest";
import { type OptionalRwtVariables, type RwtVariables, rwtAuth, rwtCarrier } from "../../src/hono/index.ts";
import { createRwt, type TokenStore } from "../../src/index.ts";
import { appWith, bearer, get, junk, live, rwt, secret, signed, store, type User } from "./fixture.ts";

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
  for (const middleware of [rwtAuth({ rwt, optional: true }), rwtCarrier({ rwt })]) {
    const app = new Hono<{ Variables: OptionalRwtVariables<User> }>();
    app.use(middleware);
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

  test("is made once on Cloudflare Pages too, where each request has a copy of the environment", async () => {
    const made: unknown[] = [];
    const app = new Hono<{ Bindings: { NAME: string }; Variables: RwtVariables<User> }>();
    const make = (c: { env: { NAME: string } }) => {
      made.push(c.env.NAME);
      return rwt;
    };
    app.use(rwtAuth<User>({ rwt: make, optional: true }));
    app.get("/private/me", rwtAuth<User>({ rwt: make }), (c) => c.text(c.var.session.data.name));
    const onRequest = handle(app);
    const ask = (env: { NAME: string }) =>
      onRequest({
        request: new Request("http://localhost/private/me", { headers: bearer(live) }),
        env,
        waitUntil() {},
        passThroughOnException() {},
      } as never);
    const [one, two] = [{ NAME: "one" }, { NAME: "two" }];
    for (const env of [one, one, two, one, two]) expect((await ask(env)).status).toBe(200);
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

  test("is another for another function, in the same environment", async () => {
    const app = new Hono();
    app.use(rwtAuth({ rwt: () => rwt, optional: true }));
    const other = createRwt<User>({ store, secret, prefix: "other:" });
    app.get("/private/me", rwtAuth({ rwt: () => other }), (c) => c.text("in"));
    expect((await app.request("/private/me", { headers: bearer(live) }, { NAME: "one" })).status).toBe(401);
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
    let checks = 0;
    const check: TokenStore["check"] = (...args) => {
      checks++;
      return store.check(...args);
    };
    const counting = createRwt<User>({ store: { ...store, check }, secret });
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt: counting, from: ["cookie", "bearer"], optional: true }));
    app.use("/private/*", rwtAuth({ rwt: counting }));
    app.get("/private/me", rwtAuth({ rwt: counting }), (c) => c.text(c.var.session.data.name));
    expect(await (await get(app, bearer(live))).text()).toBe("Ada");
    expect(checks).toBe(1);
    // Another token by another carrier is another question.
    expect((await get(app, { Cookie: `__Host-rwt=${live}` })).status).toBe(401);
  });

  test("is asked once for a dead token too", async () => {
    let checks = 0;
    const check: TokenStore["check"] = async () => {
      checks++;
      return null;
    };
    const counting = createRwt<User>({ store: { ...store, check }, secret });
    const app = new Hono();
    app.use(rwtAuth({ rwt: counting, optional: true }));
    app.get("/private/me", rwtAuth({ rwt: counting }), (c) => c.text("in"));
    expect((await get(app, bearer(live))).status).toBe(401);
    expect(checks).toBe(1);
  });

  test("is asked for a token that an earlier middleware saw, and did not check", async () => {
    const app = new Hono<{ Variables: RwtVariables<User> }>();
    app.use(rwtAuth({ rwt, from: ["bearer", "cookie"] }));
    app.get("/private/me", rwtAuth({ rwt, from: ["cookie"] }), (c) => c.text(c.var.session.data.name));
    expect((await get(app, { ...bearer(live), Cookie: `__Host-rwt=${junk}` })).status).toBe(401);
    const Cookie = `__Host-rwt=${await signed("Grace")}`;
    expect(await (await get(app, { ...bearer(live), Cookie })).text()).toBe("Grace");
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
    app.use(rwtCarrier({ rwt }));
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
