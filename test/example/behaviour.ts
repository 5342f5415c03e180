import { beforeAll, describe, expect, test } from "vitest";
import { ADA, bearer, browse, call, cookieOf, GRACE, isAlive, logOut, tokenFrom } from "./client.ts";
import { liveBehaviour } from "./live-behaviour.ts";
import type { Service } from "./service.ts";

/** What the example does on every runtime. */
export function exampleBehaviour(name: string, start: () => Promise<Service>): void {
  describe(name, () => {
    let url: string;
    let service: Service;
    beforeAll(async () => {
      service = await start();
      url = service.url;
    });

    const signedInBrowser = async (): Promise<string> =>
      cookieOf(await browse(`${url}/login`, { form: ADA }));

    test("shows visitors the sign-in form, with security headers", async () => {
      const answer = await browse(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("Content-Type")).toMatch(/^text\/html/);
      expect(answer.headers.get("Cache-Control")).toBe("no-store");
      expect(answer.headers.get("Content-Security-Policy")).toMatch(/^default-src 'none'/);
      expect(answer.headers.get("Set-Cookie")).toBeNull();
      const page = await answer.text();
      expect(page).toContain('<form method="post" action="/login">');
      expect(page).not.toContain("<script");
      expect(page).not.toContain('role="alert"');
    });

    test("lists where a user is signed in, ends one of these sessions, and ends all others", async () => {
      const agent = (name: string) => ({ "User-Agent": name });
      const login = (name: string) => browse(`${url}/login`, { form: GRACE, headers: agent(name) });
      const [phone, desk, tablet] = [
        await login("a phone <b>"),
        await login("a desk"),
        await login("a tablet"),
      ];
      const cookie = cookieOf(desk);
      const page = async () => (await browse(`${url}/sessions`, { cookie })).text();
      expect(await page()).toMatch(/a phone &lt;b&gt;.*Sign out all other devices/s);
      const item = (name: string, text: string) =>
        text.split("<li>").find((one) => one.includes(name)) ?? expect.fail(`${name} is not listed`);
      expect(item("a desk", await page())).toContain("(this device)");

      const id = /name="id" value="([\w-]{22})"/.exec(item("a phone", await page()))?.[1] ?? "";
      const end = await browse(`${url}/sessions/end`, { form: { id }, cookie });
      expect([end.status, end.headers.get("Location")]).toEqual([303, "/sessions"]);
      expect((await browse(`${url}/private`, { cookie: cookieOf(phone) })).status).toBe(401);
      expect((await browse(`${url}/private`, { cookie: cookieOf(tablet) })).status).toBe(200);

      const token = await tokenFrom(url, GRACE);
      const listed = (await (await call(`${url}/sessions`, bearer(token))).json()) as { sessions: object[] };
      expect(listed.sessions.length).toBeGreaterThanOrEqual(3);
      await browse(`${url}/sessions/end-others`, { method: "POST", cookie });
      expect(await isAlive(url, token)).toBe(false);
      expect(await page()).not.toContain("Sign out all other devices");
      // Another user's session can't be ended.
      const adas = await signedInBrowser();
      const graces = /name="id" value="([\w-]{22})"/.exec(await page())?.[1] ?? "";
      await browse(`${url}/sessions/end`, { form: { id: graces }, cookie: adas });
      expect((await browse(`${url}/private`, { cookie })).status).toBe(200);
      expect((await browse(`${url}/sessions`)).status).toBe(401);
    });

    test("signs a browser in with the form, shows its pages, and signs it out", async () => {
      const login = await browse(`${url}/login`, { form: ADA });
      expect(login.status).toBe(303);
      expect(login.headers.get("Location")).toBe("/");
      expect(login.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^__Host-rwt=rwt_[\w-]{76}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
        ),
      ]);
      const cookie = cookieOf(login);

      const home = await (await browse(url, { cookie })).text();
      expect(home).toContain("Hello, Ada Lovelace");
      expect(home).toContain('<form method="post" action="/logout">');
      const privatePage = await browse(`${url}/private`, { cookie });
      expect(privatePage.status).toBe(200);
      expect(privatePage.headers.get("Cache-Control")).toBe("no-store");
      expect(await privatePage.text()).toContain("<dd>Ada Lovelace</dd>");

      const logout = await browse(`${url}/logout`, { method: "POST", cookie });
      expect(logout.status).toBe(303);
      expect(logout.headers.get("Location")).toBe("/");
      expect(logout.headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-rwt=; Max-Age=0;/)]);
      expect(logout.headers.get("Clear-Site-Data")).toBe('"cache"');

      const refused = await browse(`${url}/private`, { cookie });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
      expect(await refused.text()).toContain('role="status"');
      expect(await (await browse(url, { cookie })).text()).toContain('action="/login"');
    });

    test("signs a program in with JSON, accepts its token in two headers, and signs it out", async () => {
      const login = await call(`${url}/login`, {
        body: GRACE,
        headers: { "User-Agent": "test/1".repeat(40) },
      });
      expect(login.status).toBe(200);
      expect(login.headers.get("Cache-Control")).toBe("no-store");
      const { token } = (await login.json()) as { token: string };
      expect(cookieOf(login)).toBe(`__Host-rwt=${token}`);

      const answer = await call(`${url}/private`, bearer(token));
      expect(answer.status).toBe(200);
      const body = (await answer.json()) as { issuedAt: number };
      expect(body).toEqual({
        user: { id: "grace", name: "Grace Hopper", role: "user" },
        issuedAt: expect.any(Number),
        expire: 900,
        deadline: body.issuedAt + 43_200,
        meta: { device: "test/1".repeat(20) },
      });
      const byHeader = await call(`${url}/private`, { headers: { "x-access-token": token } });
      expect(await byHeader.json()).toEqual(body);

      expect(await logOut(url, token)).toEqual({ destroyed: true });
      expect(await logOut(url, token)).toEqual({ destroyed: false });
      expect(await isAlive(url, token)).toBe(false);
    });

    test("starts a new session at each sign-in, and ends the one that the browser had", async () => {
      const first = await signedInBrowser();
      const second = cookieOf(await browse(`${url}/login`, { form: ADA, cookie: first }));
      expect((await browse(`${url}/private`, { cookie: first })).status).toBe(401);
      expect((await browse(`${url}/private`, { cookie: second })).status).toBe(200);
    });

    test("doesn't reveal whether the name or the password was wrong", async () => {
      const attempts = [
        { ...ADA, password: "wrong" },
        { ...ADA, user: "nobody" },
        { ...ADA, user: "__proto__" },
      ];
      const bodies = new Set<string>();
      const pages = new Set<string>();
      for (const attempt of attempts) {
        const answer = await call(`${url}/login`, { body: attempt });
        expect(answer.status).toBe(401);
        expect(answer.headers.get("WWW-Authenticate")).toMatch(/^Bearer /);
        bodies.add(await answer.text());
        const page = await browse(`${url}/login`, { form: attempt });
        expect(page.status).toBe(401);
        expect(page.headers.getSetCookie()).toEqual([]);
        pages.add((await page.text()).replace(`value="${attempt.user}"`, 'value="…"'));
      }
      expect([...bodies]).toEqual(['{"error":"The name or the password is wrong."}']);
      expect(pages.size).toBe(1);
      expect([...pages][0]).toMatch(/role="alert" id="alert".*value="…".*aria-describedby="alert"/s);
    });

    test("challenges requests without a token, and with a bad one", async () => {
      const without = await call(`${url}/private`);
      expect([without.status, without.headers.get("WWW-Authenticate")]).toEqual([
        401,
        'Bearer realm="worker-example"',
      ]);
      const forged = await call(`${url}/private`, bearer(`rwt_${"A".repeat(76)}`));
      expect(forged.status).toBe(401);
      expect(forged.headers.get("WWW-Authenticate")).toContain('error="invalid_token"');
    });

    test("refuses a form that another site posts, and does nothing with its cookie", async () => {
      const cookie = await signedInBrowser();
      const headers = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
      const login = await browse(`${url}/login`, { form: ADA, headers });
      expect(login.status).toBe(403);
      expect(login.headers.getSetCookie()).toEqual([]);
      expect((await browse(`${url}/logout`, { method: "POST", cookie, headers })).status).toBe(403);
      // An old browser sends only Origin.
      const old = { Origin: "https://evil.example", Cookie: cookie };
      const body = new URLSearchParams();
      expect((await fetch(`${url}/logout`, { method: "POST", headers: old, body })).status).toBe(403);
      expect((await browse(`${url}/private`, { cookie })).status).toBe(200);
    });

    test("accepts its own form by Origin alone, for browsers without Sec-Fetch-Site", async () => {
      const answer = await fetch(`${url}/login`, {
        method: "POST",
        redirect: "manual",
        headers: { Origin: url },
        body: new URLSearchParams(ADA),
      });
      expect(answer.status).toBe(200);
    });

    liveBehaviour(() => url);

    test("prints no token", async () => {
      const token = await tokenFrom(url);
      expect(await isAlive(url, token)).toBe(true);
      await call(`${url}/private`, bearer(`${token}A`));
      await logOut(url, token);
      expect(service.output()).not.toContain("rwt_");
    });
  });
}
