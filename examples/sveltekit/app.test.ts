/** Tests the app that `npm start` runs. Give both the same REDIS_URL and RWT_SECRET. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createRwt } from "redis-web-token";
import { ioredisStore } from "redis-web-token/ioredis";
import { actingAs } from "redis-web-token/testing";
import type { User } from "#lib/server/auth.ts";

const {
  APP_URL = "http://localhost:3000",
  REDIS_URL = "redis://localhost:6379",
  RWT_SECRET = "",
} = process.env;
const rwt = createRwt<User>({ store: ioredisStore(REDIS_URL), secret: RWT_SECRET });
after(() => rwt.disconnect());
const ada = () => actingAs(rwt, { id: "ada", name: "Ada" }, { subject: "ada" });

const open = (path: string, headers = {}) => fetch(`${APP_URL}${path}`, { headers, redirect: "manual" });
// Without ORIGIN, the app takes forms from https alone.
const { ORIGIN = APP_URL.replace("http:", "https:") } = process.env;
const submit = (path: string, headers = {}) =>
  fetch(`${APP_URL}${path}`, {
    method: "POST",
    body: new URLSearchParams(),
    headers: { Origin: ORIGIN, ...headers },
    redirect: "manual",
  });

test("shows the account to its user, and sends strangers to the sign-in page", async () => {
  const { cookieHeaders } = await ada();
  const page = await open("/account", cookieHeaders);
  assert.match(await page.text(), /Hello,? (<!-- -->)?Ada/);
  assert.match(`${(await open("/account")).headers.get("Location")}`, /\/$/);
});

test("signs a user out when the idle timeout has passed", { timeout: 10_000 }, async () => {
  const { token, cookieHeaders } = await ada();
  assert.equal((await open("/account", cookieHeaders)).status, 200);
  await rwt.extend(token, { expire: 1 });
  while ((await open("/account", cookieHeaders)).status !== 303) await sleep(100);
});

test("signs a user out on every device", async () => {
  const [phone, desk] = [await ada(), await ada()];
  await submit("/account?/signOutEverywhere", desk.cookieHeaders);
  for (const { cookieHeaders } of [phone, desk])
    assert.equal((await open("/account", cookieHeaders)).status, 303);
});
