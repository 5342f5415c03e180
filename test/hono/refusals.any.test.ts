import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { type RwtAuthOptions, rwtCarrier, signIn } from "../../src/hono/index.ts";
import { createRwt, type Rwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { forged } from "../support/forged.ts";
import {
  appWith,
  bearer,
  challengeOf,
  get,
  junk,
  live,
  rwt,
  secret,
  signed,
  store,
  type User,
} from "./fixture.ts";

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
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain; ?charset=UTF-8$/i);
  });

  test.each([
    ["junk", bearer(junk)],
    ["a forged one", bearer(forged(live))],
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
  const check: TokenStore["check"] = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const broken = createRwt<User>({ store: { ...store, check }, secret });

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
    app.use(rwtCarrier({ rwt: createRwt({ store: { ...store, create }, secret }), onFailure }));
    app.post("/login", async (c) => c.text(await signIn(c, 1)));
    const response = await app.request("/login", { method: "POST" });
    expect([response.status, await response.json()]).toEqual([500, { own: true }]);
  });
});
