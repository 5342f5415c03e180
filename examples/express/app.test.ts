import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { actingAs, testRwt } from "redis-web-token/testing";
import { createApp } from "./app.ts";
import type { User } from "./pages.ts";

const { rwt, advance } = testRwt<User>({ expire: 600 });
const server = createApp(rwt).listen(0);
await once(server, "listening");
after(() => server.close());
const { port } = server.address() as AddressInfo;

const send = (method: string, path: string, headers = {}) =>
  fetch(`http://localhost:${port}${path}`, { method, headers, redirect: "manual" });
const ada = () => actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });

test("shows the account to its user, and sends strangers to the sign-in page", async () => {
  const { cookieHeaders } = await ada();
  const page = await send("GET", "/account", cookieHeaders);
  assert.match(await page.text(), /Hello, Ada/);
  const refused = await send("GET", "/account");
  assert.equal(refused.headers.get("Location"), "/login");
});

test("signs a user out after 10 idle minutes", async () => {
  const { cookieHeaders } = await ada();
  advance(599);
  assert.equal((await send("GET", "/account", cookieHeaders)).status, 200);
  advance(1);
  assert.equal((await send("GET", "/account", cookieHeaders)).status, 303);
});

test("signs a user out on every device", async () => {
  const [phone, desk] = [await ada(), await ada()];
  await send("POST", "/logout-everywhere", desk.cookieHeaders);
  for (const { cookieHeaders } of [phone, desk])
    assert.equal((await send("GET", "/account", cookieHeaders)).status, 303);
});
