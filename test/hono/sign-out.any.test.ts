import type { HTTPException } from "hono/http-exception";
import { describe, expect, test } from "vitest";
import { signIn, signOut } from "../../src/hono/index.ts";
import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { secret, store, type User } from "./fixture.ts";
import {
  appWith,
  attributesOf,
  carrierAppWith,
  cookieOf,
  EITHER,
  post,
  rwt,
  sendBack,
} from "./sign-in-fixture.ts";

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
    let ends = 0;
    const destroy: TokenStore["destroy"] = (...args) => {
      ends++;
      return store.destroy(...args);
    };
    const app = appWith({ rwt: createRwt<User>({ store: { ...store, destroy }, secret }) });
    app.post("/twice", async (c) => c.json([await signOut(c), await signOut(c)]));
    const login = await post(app, "/login");
    expect(await (await post(app, "/twice", sendBack(login))).json()).toEqual([true, false]);
    expect(ends).toBe(1);
  });

  test("ends whatever the request carries: the cookie's session too where a bearer token counts first", async () => {
    for (const path of ["/logout", "/login"]) {
      for (const [, appWith] of EITHER) {
        const app = appWith({ from: ["bearer", "cookie"] });
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
    const app = carrierAppWith({ from: ["bearer", "cookie"] });
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

describe("while the store is out", () => {
  const fail = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const noWrites = createRwt<User>({ store: { ...store, create: fail, destroy: fail }, secret });
  const allOut = createRwt<User>({ store: { ...store, create: fail, check: fail, destroy: fail }, secret });

  test("signIn is a 503 and sets no cookie", async () => {
    const response = await post(appWith({ rwt: noWrites, retryAfter: 3 }), "/login");
    expect([response.status, response.headers.get("Retry-After"), cookieOf(response)]).toEqual([
      503,
      "3",
      "",
    ]);
  });

  test("signIn that can't end the former session sets no cookie, and is a 503", async () => {
    const noEnds = createRwt<User>({ store: { ...store, destroy: fail }, secret });
    const login = await post(appWith(), "/login");
    const response = await post(appWith({ rwt: noEnds }), "/login", sendBack(login));
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
    for (const [name, appWith] of EITHER) {
      const { status, headers } = await post(appWith({ rwt: allOut }), "/logout", sendBack(login));
      expect([status, headers.has("Set-Cookie")]).toEqual([503, name === "rwtCarrier"]);
    }
  });
});
