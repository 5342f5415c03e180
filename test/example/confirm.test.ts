import { createRwt } from "redis-web-token";
import { memoryStore } from "redis-web-token/memory";
import { sessions } from "redis-web-token/sessions";
import { beforeEach, expect, test } from "vitest";
import { createApp } from "../../worker-example/app.ts";
import { demoVariables } from "../../worker-example/demo-users.ts";
import { readSettings } from "../../worker-example/settings.ts";
import { GRACE } from "./client.ts";

let time = 1_800_000_000;
const now = () => time;
const rwt = createRwt({ store: memoryStore({ now }), secret: "s".repeat(32), now }).with(sessions());
const settings = { ...readSettings(demoVariables()), rwt: rwt as never };
const app = createApp(() => settings);
beforeEach(() => {
  time = 1_800_000_000;
});

const post = (path: string, cookie: string, form: Record<string, string> = {}) =>
  app.request(path, {
    method: "POST",
    headers: { Accept: "text/html", Cookie: cookie, "Sec-Fetch-Site": "same-origin" },
    body: new URLSearchParams(form),
  });
const cookieOf = (answer: Response) => answer.headers.get("Set-Cookie")?.split(";")[0] ?? "";
const signIn = async () => cookieOf(await post("/login", "", GRACE));
const isIn = async (cookie: string) =>
  (await app.request("/private", { headers: { Cookie: cookie } })).status === 200;

test("signing out everywhere asks who signed in over five minutes ago for the password again", async () => {
  const [phone, desk] = [await signIn(), await signIn()];
  time += 301;
  const asked = await post("/sessions/end-others", desk);
  expect([asked.status, asked.headers.get("Set-Cookie")]).toEqual([401, null]);
  expect(asked.headers.get("WWW-Authenticate")).toContain('error="insufficient_user_authentication"');
  expect(await asked.text()).toContain('<form method="post" action="/confirm">');
  expect([await isIn(phone), await isIn(desk)]).toEqual([true, true]);

  for (const [password, status] of [
    ["", 400],
    ["wrong", 403],
  ] as const) {
    const refused = await post("/confirm", desk, { password });
    expect([refused.status, refused.headers.get("Set-Cookie")]).toEqual([status, null]);
    expect(await refused.text()).toContain('role="alert"');
  }
  const confirmed = await post("/confirm", desk, { password: GRACE.password });
  expect([confirmed.status, confirmed.headers.get("Location")]).toEqual([303, "/sessions"]);
  const fresh = cookieOf(confirmed);
  expect([await isIn(desk), await isIn(fresh)]).toEqual([false, true]);
  expect((await post("/sessions/end-others", fresh)).status).toBe(303);
  expect([await isIn(phone), await isIn(fresh)]).toEqual([false, true]);
});

test("who has just signed in isn't asked, and guesses of the password are limited", async () => {
  const cookie = await signIn();
  expect((await post("/sessions/end-others", cookie)).status).toBe(303);
  const statuses = new Set<number>();
  for (let i = 0; i < 11; i++)
    statuses.add((await post("/confirm", cookie, { password: `guess ${i}` })).status);
  expect([...statuses]).toEqual([403, 429]);
  expect(await isIn(cookie)).toBe(true);
});
