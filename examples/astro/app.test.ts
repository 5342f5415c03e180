/** Tests the app that `npm start` runs. Give both the same REDIS_URL and RWT_SECRET. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { actingAs } from "redis-web-token/testing";
import { rwt } from "./src/auth.ts";

after(() => rwt.disconnect());
const origin = process.env.APP_URL ?? "http://localhost:4321";
// As a browser with a form: Astro refuses a POST without `Origin`.
const send = (method: string, path: string, headers = {}) =>
  fetch(`${origin}${path}`, { method, headers: { Origin: origin, ...headers } });
const ada = () => actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });

test("shows the private page to its user, and refuses strangers", async () => {
  const { cookieHeaders } = await ada();
  const page = await send("GET", "/private", cookieHeaders);
  assert.match(await page.text(), /Ada/);
  assert.equal((await send("GET", "/private")).status, 401);
});

test("signs a user out when the idle timeout has passed", { timeout: 10_000 }, async () => {
  const { token, cookieHeaders } = await ada();
  assert.equal((await send("GET", "/private", cookieHeaders)).status, 200);
  await rwt.extend(token, { expire: 1 });
  while ((await send("GET", "/private", cookieHeaders)).status !== 401) await sleep(100);
});

test("signs a user out on every device", async () => {
  const [phone, desk] = [await ada(), await ada()];
  await send("POST", "/sign-out-everywhere", desk.cookieHeaders);
  for (const { cookieHeaders } of [phone, desk])
    assert.equal((await send("GET", "/private", cookieHeaders)).status, 401);
});
