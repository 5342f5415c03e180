/** examples/fastify, as `npm start` runs it. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { startApp } from "../examples/app-process.ts";
import { exampleCopy } from "../examples/example-copy.ts";
import { ownRedis } from "../support/servers.ts";
import { Browser } from "./fixture.ts";

const origin = await startApp(join(exampleCopy("fastify"), "server.ts"), {
  REDIS_URL: (await ownRedis()).url,
  RWT_SECRET: "a secret of the tests, 32 bytes or more",
});

async function signIn(
  fields: Record<string, string>,
  device: string,
): Promise<{ browser: Browser; location: string | null }> {
  const browser = new Browser(origin);
  const answer = await browser.send("POST", "/login", { "User-Agent": device }, new URLSearchParams(fields));
  return { browser, location: answer.headers.get("Location") };
}
const ada = { name: "Ada", password: "open sesame" };

test("a stranger is led to the form, and stays there with a wrong password", async () => {
  const page = await fetch(`${origin}/`);
  expect([page.url, page.headers.get("Content-Type")]).toEqual([`${origin}/login`, "text/html"]);
  expect(await page.text()).toContain('<form method="post" action="/login">');
  const { browser, location } = await signIn({ ...ada, password: "guess" }, "phone");
  expect([browser.cookie, location]).toEqual(["", "/login?wrong"]);
  expect((await browser.send("POST", "/login")).headers.get("Location")).toBe("/login?wrong");
});

test("a user signs in, sees the devices, and signs out of this one or of all", async () => {
  const { browser: phone } = await signIn(ada, "phone");
  const { browser: desk, location } = await signIn(ada, "<desk>");
  expect(location).toBe("/account");
  const page = await (await desk.send("GET", "/account")).text();
  expect(page).toContain("<h1>Hello, Ada</h1>");
  expect(page.match(/<li>/g)).toHaveLength(2);
  expect(page).toContain("&#60;desk&#62; (this device)");
  expect(await (await phone.send("GET", "/api/me")).json()).toEqual({ id: "ada", name: "Ada" });

  expect((await phone.send("POST", "/logout")).headers.get("Location")).toBe("/login");
  expect((await phone.send("GET", "/account")).headers.get("Location")).toBe("/login");
  const { browser: tablet } = await signIn(ada, "tablet");
  await tablet.send("POST", "/logout-everywhere");
  for (const browser of [desk, tablet]) expect((await browser.send("GET", "/api/me")).status).toBe(401);
});

test("another site's page signs nobody out, and may link here", async () => {
  const { browser } = await signIn(ada, "phone");
  const foreign = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
  for (const path of ["/logout", "/logout-everywhere", "/login"])
    expect((await browser.send("POST", path, foreign, new URLSearchParams(ada))).status, path).toBe(403);
  expect((await browser.send("GET", "/account", foreign)).status).toBe(200);
});

test("confirming the password replaces the token, and a wrong one doesn't", async () => {
  const { browser } = await signIn(ada, "phone");
  const before = browser.cookie;
  const confirm = (password: string) =>
    browser.send("POST", "/confirm", {}, new URLSearchParams({ password }));
  expect((await confirm("guess")).headers.get("Location")).toBe("/account?wrong");
  expect(browser.cookie).toBe(before);
  expect((await confirm("open sesame")).headers.get("Location")).toBe("/account");
  expect(browser.cookie).not.toBe(before);
  expect((await browser.send("GET", "/api/me")).status).toBe(200);
  browser.cookie = before;
  expect((await confirm("open sesame")).status).toBe(401);
});
