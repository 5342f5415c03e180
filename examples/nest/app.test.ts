import assert from "node:assert/strict";
import { after, test } from "node:test";
import { NestFactory } from "@nestjs/core";
import { actingAs, testRwt } from "redis-web-token/testing";
import type { User } from "./app.controller.ts";
import { AppModule } from "./app.module.ts";

const { rwt, advance } = testRwt<User>({ expire: 600 });
const app = await NestFactory.create(AppModule.with(rwt), { logger: false });
await app.listen(0);
after(() => app.close());
const origin = await app.getUrl();

const send = (method: string, path: string, headers = {}) => fetch(`${origin}${path}`, { method, headers });
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
