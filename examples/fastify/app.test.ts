import assert from "node:assert/strict";
import { after, test } from "node:test";
import { actingAs, testRwt } from "redis-web-token/testing";
import { createApp } from "./app.ts";
import type { User } from "./pages.ts";

const { rwt, advance } = testRwt<User>({ expire: 600 });
const app = await createApp(rwt);
after(() => app.close());
const ada = () => actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });

test("shows the account to its user, and sends strangers to the sign-in page", async () => {
  const { cookieHeaders } = await ada();
  const page = await app.inject({ url: "/account", headers: cookieHeaders });
  assert.match(page.body, /Hello, Ada/);
  const refused = await app.inject("/account");
  assert.equal(refused.headers.location, "/login");
});

test("signs a user out after 10 idle minutes", async () => {
  const { headers } = await ada();
  advance(599);
  assert.deepEqual((await app.inject({ url: "/api/me", headers })).json(), { id: "ada", name: "Ada" });
  advance(1);
  assert.equal((await app.inject({ url: "/api/me", headers })).statusCode, 401);
});

test("signs a user out on every device", async () => {
  const [phone, desk] = [await ada(), await ada()];
  await app.inject({ method: "POST", url: "/logout-everywhere", headers: desk.cookieHeaders });
  for (const { headers } of [phone, desk])
    assert.equal((await app.inject({ url: "/api/me", headers })).statusCode, 401);
});
