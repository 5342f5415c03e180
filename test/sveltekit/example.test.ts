/** examples/sveltekit, built by vite and started as in production. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../tools/free-port.ts";
import type { RedisServer } from "../../tools/redis-server.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { runOwnTests } from "../examples/own-tests.ts";
import { forged } from "../support/forged.ts";
import { ownRedis } from "../support/servers.ts";
import { builtExample } from "./built-example.ts";

const SECRET = "a secret of the tests, 32 bytes or more";
const COOKIE = /^__Host-rwt=rwt_[\w.-]+; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/;
const CLEARED = "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax";

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await isSo()); await sleep(50)) {
    if (Date.now() > end) throw new Error("it takes too long");
  }
}

describe.each([2, 3] as const)("SvelteKit %d", (version) => {
  let redis: RedisServer;
  let app: ChildProcess | undefined;
  let origin: string;
  /** What browsers send behind a proxy that terminates TLS. */
  let ownPage: string;

  beforeAll(async () => {
    const folder = await builtExample(version);
    redis = await ownRedis();
    const port = await freePort("http");
    app = spawn(process.execPath, ["build"], {
      cwd: folder,
      env: {
        ...process.env,
        HOST: "127.0.0.1",
        PORT: `${port}`,
        REDIS_URL: redis.url,
        RWT_SECRET: SECRET,
      },
      stdio: "ignore",
    });
    origin = `http://127.0.0.1:${port}`;
    ownPage = `https://127.0.0.1:${port}`;
    const isUp = () =>
      fetch(origin).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(isUp);
  }, 120_000);

  afterAll(() => app?.kill("SIGKILL"));

  const get = (path: string, cookie = "", headers = {}) =>
    fetch(`${origin}${path}`, {
      headers: { Cookie: cookie, Accept: "text/html", ...headers },
      redirect: "manual",
    });
  const post = (path: string, cookie = "", headers = {}, form: Record<string, string> = {}) =>
    fetch(`${origin}${path}`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { Cookie: cookie, Origin: ownPage, Accept: "text/html", ...headers },
      redirect: "manual",
    });

  async function signIn(cookie = "", headers = {}): Promise<string> {
    const answer = await post("/", cookie, headers, { name: "Ada", password: "secret" });
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/account"]);
    const [made = ""] = answer.headers.getSetCookie();
    expect(made).toMatch(COOKIE);
    return made.split(";")[0] ?? "";
  }
  async function expectSignedOut(cookie: string): Promise<void> {
    const answer = await get("/account", cookie);
    expect([answer.status, answer.headers.get("Location")]).toEqual([303, "/"]);
  }
  test("a user signs in, reads and signs out", async () => {
    expect(await (await get("/")).text()).toContain("<form");
    await expectSignedOut("");
    const cookie = await signIn();
    const page = await get("/account", cookie);
    expect(await page.text()).toContain("Hello Ada");
    expect(page.headers.get("Cache-Control")).toContain("no-store");
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await (await get("/", cookie)).text()).toContain("You are signed in as Ada");

    const out = await post("/account?/signOut", cookie);
    expect([out.status, out.headers.get("Location")]).toEqual([303, "/"]);
    expect(out.headers.getSetCookie()).toEqual([CLEARED]);
    await expectSignedOut(cookie);
  });

  test("a wrong password sets no cookie, and the page says so", async () => {
    const answer = await post("/", "", {}, { name: "Ada", password: "guess" });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain("Wrong name or password");
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  test("another site's page can link to it, and can't post to it", async () => {
    const cookie = await signIn();
    expect((await get("/account", cookie, { "Sec-Fetch-Site": "cross-site" })).status).toBe(200);
    const evil = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
    expect((await post("/", "", evil, { name: "Eve", password: "secret" })).status).toBe(403);
    for (const action of ["signOut", "signOutEverywhere"])
      expect((await post(`/account?/${action}`, cookie, evil)).status).toBe(403);
    expect((await get("/account", cookie)).status).toBe(200);
  });

  test("a forged token is signed out", async () => {
    const cookie = await signIn();
    await expectSignedOut(forged(cookie));
    await expectSignedOut("__Host-rwt=rwt_abc");
  });

  test("signing in again ends the session that the browser had", async () => {
    const before = await signIn();
    const after = await signIn(before);
    await expectSignedOut(before);
    expect((await get("/account", after)).status).toBe(200);
  });

  test("devices are listed, and all sign out together", async () => {
    const phone = await signIn("", { "User-Agent": "Phone" });
    const desk = await signIn("", { "User-Agent": "Desk" });
    const page = (await (await get("/account", desk)).text()).replaceAll(/<!--.*?-->/g, "");
    expect(page).toContain("Desk (this one)");
    expect(page).toMatch(/<li>Phone *<\/li>/);
    const out = await post("/account?/signOutEverywhere", desk);
    expect(out.headers.getSetCookie()).toEqual([CLEARED]);
    for (const cookie of [phone, desk]) await expectSignedOut(cookie);
  });

  test("confirming the password replaces the token, and a wrong one doesn't", async () => {
    const before = await signIn();
    const confirm = (password: string) => post("/account?/confirm", before, {}, { password });
    const wrong = await confirm("guess");
    expect([wrong.status, wrong.headers.getSetCookie()]).toEqual([401, []]);
    expect(await wrong.text()).toContain("Wrong password");
    const right = await confirm("secret");
    expect([right.status, right.headers.get("Location")]).toEqual([303, "/account"]);
    expect(right.headers.getSetCookie()).toEqual([expect.stringMatching(COOKIE)]);
    await expectSignedOut(before);
  });

  test("its own tests pass", async () => {
    const env = { APP_URL: origin, REDIS_URL: redis.url, RWT_SECRET: SECRET };
    await runOwnTests("sveltekit", exampleCopy("sveltekit"), env);
  });

  test("while Redis is out, pages with a session are 503, those without go on, and nobody is signed out", async () => {
    const cookie = await signIn();
    await redis.stop();
    try {
      const page = await get("/account", cookie);
      expect([page.status, page.headers.get("Retry-After")]).toEqual([503, "5"]);
      expect(await page.text()).toContain("Please try again in a moment.");
      expect(page.headers.getSetCookie()).toEqual([]);
      expect((await get("/")).status).toBe(200);
      const signingIn = await post("/", "", {}, { name: "Ada", password: "secret" });
      expect([signingIn.status, signingIn.headers.getSetCookie()]).toEqual([503, []]);
      const out = await post("/account?/signOut", cookie);
      expect([out.status, out.headers.getSetCookie()]).toEqual([503, [CLEARED]]);
    } finally {
      await redis.restart();
    }
    // Redis comes back empty.
    await eventually(async () => (await get("/account", cookie)).status === 303);
    expect((await get("/account", await signIn())).status).toBe(200);
  });

  test("SIGTERM ends the app, which closes its connection to Redis", async () => {
    const ended = once(app as ChildProcess, "exit");
    app?.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});
