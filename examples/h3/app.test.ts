import assert from "node:assert/strict";
import { test } from "node:test";
import { actingAs, testRwt } from "redis-web-token/testing";
import { createApp, type User } from "./app.ts";

const { rwt, advance } = testRwt<User>({ expire: 600 });
const app = createApp(rwt);
const send = async (method: string, path: string, headers = {}) => app.request(path, { method, headers });
const ada = () => actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });

test("shows the private page to its user, and refuses strangers", async () => {
  const { cookieHeaders } = await ada();
  const page = await send("GET", "/private", cookieHeaders);
  assert.match(await page.text(), /Hello Ada/);
  assert.equal((await send("GET", "/private")).status, 401);
});

test("signs a user out after 10 idle minutes", async () => {
  const { cookieHeaders } = await ada();
  advance(599);
  assert.equal((await send("GET", "/private", cookieHeaders)).status, 200);
  advance(1);
  assert.equal((await send("GET", "/private", cookieHeaders)).status, 401);
});

test("signs a user out on every device", async () => {
  const [phone, desk] = [await ada(), await ada()];
  await send("POST", "/sign-out-everywhere", desk.cookieHeaders);
  for (const { cookieHeaders } of [phone, desk])
    assert.equal((await send("GET", "/private", cookieHeaders)).status, 401);
});
