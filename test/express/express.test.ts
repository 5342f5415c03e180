/** `expressAuth` in both majors of Express and in plain `node:http`, over a real Redis. */
import type { RequestListener } from "node:http";
import { describe, expect, test } from "vitest";
import { expressAuth } from "../../src/express/index.ts";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { atEnd } from "../support/at-end.ts";
import { ownRedis } from "../support/servers.ts";
import { type Auth, cookieOf, expressApp, majors, plainApp, serve, type User } from "./fixture.ts";

const redis = await ownRedis();
const store = ioredisStore(redis.url, { timeout: 500 });
const secret = "a secret of the tests, 32 bytes or more";
const rwt = createRwt<User>({ store, secret }).with(sessions());
atEnd(() => rwt.disconnect());

const kinds: readonly (readonly [string, (auth: Auth) => RequestListener])[] = [
  ...majors.map(([name, create]) => [name, (auth: Auth) => expressApp(create, auth)] as const),
  ["node:http", plainApp],
];

describe.each(kinds)("%s", async (_, appOf) => {
  const origin = await serve(appOf(expressAuth({ rwt, from: ["bearer", "cookie"] })));
  const call = (method: string, path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(origin + path, { method, headers, redirect: "manual" });
  const signIn = async (query = ""): Promise<string> => cookieOf(await call("POST", `/login${query}`));

  test("signs in with a cookie of safe attributes, next to the cookies of others, and lets it read", async () => {
    const login = await call("POST", "/login");
    expect([login.status, login.headers.get("Location")]).toEqual([303, "/private/me"]);
    expect(login.headers.get("Cache-Control")).toBe("no-store");
    expect(login.headers.getSetCookie()).toEqual([
      "theme=dark; Path=/",
      expect.stringMatching(/^__Host-rwt=rwt_\S+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const Cookie = cookieOf(login);
    const me = await call("GET", "/private/me", { Cookie });
    expect([await me.json(), me.headers.get("Cache-Control")]).toEqual([{ id: "42" }, "no-store"]);
    expect(me.headers.getSetCookie()).toEqual(["theme=dark; Path=/"]);
    const Authorization = `Bearer ${Cookie.split("=")[1]}`;
    expect(await (await call("GET", "/private/me", { Authorization })).json()).toEqual({ id: "42" });
  });

  test("sets a cookie that ends with the browser, if the user chose so", async () => {
    const login = await call("POST", "/login?remember=no");
    expect(login.headers.getSetCookie()[1]).toMatch(
      /^__Host-rwt=rwt_\S+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test("ends the session that a sign-in came with", async () => {
    const before = await signIn();
    const login = await call("POST", "/login", { Cookie: before });
    expect((await call("GET", "/private/me", { Cookie: before })).status).toBe(401);
    expect((await call("GET", "/private/me", { Cookie: cookieOf(login) })).status).toBe(200);
  });

  test("refuses requests without a token, with a bad one, and with two", async () => {
    const refused = async (headers = {}): Promise<unknown[]> => {
      const answer = await call("GET", "/private/me", headers);
      const { status, headers: sent } = answer;
      expect(sent.get("Cache-Control")).toBe("no-store");
      expect(sent.getSetCookie()).toEqual(["theme=dark; Path=/"]);
      return [status, sent.get("WWW-Authenticate"), await answer.text()];
    };
    expect(await refused()).toEqual([401, 'Bearer realm="api"', "Unauthorized"]);
    const invalid = [401, expect.stringContaining('error="invalid_token"'), "Not a live token"];
    expect(await refused({ Cookie: "__Host-rwt=rwt_forged" })).toEqual(invalid);
    expect(await refused({ Authorization: "Bearer rwt_forged" })).toEqual(invalid);
    expect(await refused({ Authorization: "Bearer" })).toEqual([
      400,
      expect.stringContaining("invalid_request"),
      "Send one token",
    ]);
  });

  test("lets a stranger see what is optional, and still refuses a broken request", async () => {
    expect(await (await call("GET", "/home")).json()).toBe("a stranger");
    expect(await (await call("GET", "/home", { Cookie: "__Host-rwt=rwt_forged" })).json()).toBe("a stranger");
    const home = await call("GET", "/home", { Cookie: await signIn() });
    expect([await home.json(), home.headers.get("Cache-Control")]).toEqual([{ id: "42" }, "no-store"]);
    expect((await call("GET", "/home", { Authorization: "Bearer" })).status).toBe(400);
  });

  test("refuses another site's POST, and opens a page by another site's link", async () => {
    const Cookie = await signIn();
    const foreign = { Cookie, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    for (const path of ["/logout", "/login", "/rotate", "/others", "/logout-everywhere", "/private/me"])
      expect((await call("POST", path, foreign)).status).toBe(403);
    expect((await call("GET", "/private/me", { Cookie, "Sec-Fetch-Site": "cross-site" })).status).toBe(200);
    expect(
      (await call("POST", "/others", { Cookie, Origin: origin, "Sec-Fetch-Site": "same-origin" })).status,
    ).toBe(200);
  });

  test("rotates the token, and lists and ends the user's sessions", async () => {
    const [phone, desk] = [await signIn(), await signIn()];
    const listed = await call("GET", "/devices", { Cookie: desk });
    expect(listed.headers.get("Cache-Control")).toBe("no-store");
    const devices = await listed.json();
    expect(devices.filter((isCurrent: boolean) => isCurrent)).toHaveLength(1);
    expect(devices.length).toBeGreaterThan(1);
    const rotated = cookieOf(await call("POST", "/rotate", { Cookie: desk }));
    expect(rotated).not.toBe(desk);
    expect((await call("GET", "/private/me", { Cookie: rotated })).status).toBe(200);
    expect(await (await call("POST", "/others", { Cookie: rotated })).json()).toEqual({ ended: true });
    expect(await (await call("GET", "/devices", { Cookie: rotated })).json()).toEqual([true]);
    expect((await call("GET", "/private/me", { Cookie: phone })).status).toBe(401);
    for (const path of ["/rotate", "/others"]) expect((await call("POST", path)).status).toBe(401);
    expect((await call("GET", "/devices")).status).toBe(401);
  });

  test("signs out, and clears the cookie", async () => {
    const Cookie = await signIn();
    const logout = await call("POST", "/logout", { Cookie });
    expect(await logout.json()).toEqual({ ended: true });
    expect(logout.headers.getSetCookie()[1]).toMatch(
      /^__Host-rwt=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect((await call("GET", "/private/me", { Cookie })).status).toBe(401);
    expect(await (await call("POST", "/logout", { Cookie })).json()).toEqual({ ended: false });
  });

  test("signs out everywhere, and clears the cookie", async () => {
    const [phone, desk] = [await signIn(), await signIn()];
    expect((await call("POST", "/logout-everywhere", { Cookie: desk })).headers.getSetCookie()).toEqual([
      "theme=dark; Path=/",
      "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
    ]);
    for (const Cookie of [phone, desk])
      expect((await call("GET", "/private/me", { Cookie })).status).toBe(401);
    const again = await call("POST", "/logout-everywhere", { Cookie: desk });
    expect([again.status, cookieOf(again)]).toEqual([401, ""]);
  });

  test("keeps the cookie when a user signs out everywhere while Redis is out", async () => {
    const Cookie = await signIn();
    redis.freeze();
    try {
      const answer = await call("POST", "/logout-everywhere", { Cookie });
      expect([answer.status, cookieOf(answer)]).toEqual([503, ""]);
    } finally {
      redis.thaw();
    }
    await expect
      .poll(async () => (await call("POST", "/logout-everywhere", { Cookie })).status)
      .toBeOneOf([200, 401]);
  });

  test("answers 503 while Redis is out, and the session is there afterwards", async () => {
    const Cookie = await signIn();
    redis.freeze();
    try {
      for (const [method, path] of [
        ["GET", "/private/me"],
        ["GET", "/home"],
        ["POST", "/login"],
      ] as const) {
        const answer = await call(method, path, { Cookie });
        expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "5"]);
        expect(answer.headers.getSetCookie()).toEqual(["theme=dark; Path=/"]);
      }
    } finally {
      redis.thaw();
    }
    await expect.poll(async () => (await call("GET", "/private/me", { Cookie })).status).toBe(200);
  });

  test("clears the cookie when a user signs out while Redis is out", async () => {
    const Cookie = await signIn();
    redis.freeze();
    try {
      const logout = await call("POST", "/logout", { Cookie });
      expect([logout.status, cookieOf(logout)]).toEqual([503, "__Host-rwt="]);
    } finally {
      redis.thaw();
    }
    await expect.poll(async () => (await call("POST", "/login")).status).toBe(303);
  });
});
