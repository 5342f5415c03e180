/** One browser session over three services: the example in workerd, a FastAPI app and a PSR-15 app, on one host and one Redis. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { ADA } from "../example/client.ts";
import { newSecret } from "../example/service.ts";
import { startPhpServer, startServing } from "../interop/auth-servers.ts";
import { atEnd } from "../support/at-end.ts";
import { phpHttp, phpHttpMissing, python, pythonMissing } from "../support/interop.ts";
import { device, newTab, seesHeading, signIn, signOut } from "./browser.ts";
import { startExample } from "./example.ts";
import { pathProxy } from "./path-proxy.ts";

/** Starts the three services. They share nothing but Redis, the secret and the host. */
async function startServices(): Promise<string> {
  const secret = newSecret();
  const { url: rest, redis } = await startExample({ RWT_SECRET: secret });
  const app = join(root, "interop/php/tests/apps/psr15.php");
  const phpPort = await startPhpServer(phpHttp ?? "", app, {
    RWT_SECRET: secret,
    REDIS_PORT: String(redis.port),
  });
  const pythonPort = await startServing((port) =>
    spawn(python ?? "", [join(root, "interop/python/tests/shop.py")], {
      env: { ...process.env, RWT_SECRET: secret, REDIS_URL: redis.url, PORT: String(port) },
      stdio: ["ignore", "ignore", "pipe"],
    }),
  );
  return pathProxy({ php: `http://127.0.0.1:${phpPort}`, python: `http://127.0.0.1:${pythonPort}` }, rest);
}

const isMissing = python === undefined || phpHttp === undefined;
const url = isMissing ? "" : await startServices();

describe.skipIf(isMissing)(`one browser session in three languages${pythonMissing || phpHttpMissing}`, () => {
  /** What each service answers: the user's name where there is one, else its status. */
  async function seen(page: Page): Promise<readonly (string | number)[]> {
    const found: (string | number)[] = [];
    const tab = await newTab(page);
    for (const [path, nameIn] of Object.entries(PAGES)) {
      const answer = await tab.goto(url + path);
      const name = answer?.ok() ? nameIn.exec(await answer.text())?.[1] : undefined;
      found.push(name ?? answer?.status() ?? 0);
    }
    await tab.close();
    return found;
  }
  const PAGES = {
    "/private": /<dd>([^<]+)</,
    "/python/me": /"name":"([^"]+)"/,
    "/php/private": /^Hello (.+)$/,
  };
  const NOBODY = [401, 401, 401];

  /** Posts a form on a page of the host. */
  async function post(page: Page, path: string): Promise<number> {
    await page.goto(`${url}/python/me`);
    const answered = page.waitForResponse((response) => response.request().method() === "POST");
    const loaded = page.waitForEvent("load");
    await page.evaluate(`{
      const form = document.createElement("form");
      form.method = "post";
      form.action = ${JSON.stringify(url + path)};
      document.body.append(form);
      form.submit();
    }`);
    await loaded;
    return (await answered).status();
  }

  test("a sign-in in TypeScript holds in Python and PHP, and so does a change of the data", async () => {
    const page = await device();
    expect(await seen(page)).toEqual(NOBODY);
    await signIn(page, url, ADA);
    expect(await seen(page)).toEqual(["Ada Lovelace", "Ada Lovelace", "Ada Lovelace"]);
    expect(await post(page, "/python/rename")).toBe(200);
    expect(await seen(page)).toEqual(["Ada King", "Ada King", "Ada King"]);
  });

  test("a sign-out in any language holds in all", async () => {
    const page = await device();
    const leave: readonly (() => Promise<unknown>)[] = [
      () => post(page, "/php/logout"),
      () => post(page, "/python/sign-out"),
      async () => {
        await page.goto(url);
        await signOut(page, "Ada Lovelace");
        await seesHeading(page, "Sign in");
      },
    ];
    for (const act of leave) {
      await signIn(page, url, ADA);
      const cookies = await page.context().cookies();
      await act();
      expect(await page.context().cookies()).toEqual([]);
      // The session has ended, not just the cookie.
      await page.context().addCookies(cookies);
      expect(await seen(page)).toEqual(NOBODY);
      await page.context().clearCookies();
    }
  });

  test.each([
    ["Python", "/python/sign-in", "Grace", 200],
    ["PHP", "/php/login", "Ada", 303],
  ])("a sign-in in %s holds in the others", async (_, path, name, status) => {
    const page = await device();
    expect(await post(page, path)).toBe(status);
    expect(await seen(page)).toEqual([name, name, name]);
    expect(await page.context().cookies()).toMatchObject([
      { name: "__Host-rwt", domain: "localhost", path: "/", httpOnly: true, secure: true, sameSite: "Lax" },
    ]);
  });

  test("signing out everywhere ends the sessions of other browsers in all", async () => {
    const [here, there] = [await device(), await device()];
    await signIn(here, url, ADA);
    await signIn(there, url, ADA);
    expect(await post(here, "/python/sign-out-everywhere")).toBe(200);
    expect(await seen(there)).toEqual(NOBODY);
  });

  // Another site, whose posts carry no Lax cookie, and another origin of the same site, whose posts do.
  test.each(["127.0.0.1", "localhost"])("a form posted by a page on %s is refused by all", async (host) => {
    const page = await device();
    await signIn(page, url, ADA);
    const server = createServer((request, response) => {
      const form = `<form method="post" action="${url}${request.url}"></form><script>document.forms[0].submit()</script>`;
      response.setHeader("Content-Type", "text/html").end(form);
    });
    server.listen(0, host);
    await once(server, "listening");
    atEnd(() => server.close());
    const { port } = server.address() as AddressInfo;
    for (const path of [
      "/logout",
      "/login",
      "/python/sign-out",
      "/python/sign-in",
      "/php/logout",
      "/php/login",
    ]) {
      const answered = page.waitForResponse(url + path);
      await page.goto(`http://${host}:${port}${path}`);
      expect([path, (await answered).status()]).toEqual([path, 403]);
    }
    expect(await seen(page)).toEqual(["Ada Lovelace", "Ada Lovelace", "Ada Lovelace"]);
  });
});
