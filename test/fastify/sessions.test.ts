import { expect, test } from "vitest";
import { ada, appWith, Browser, serve, serviceWith } from "./fixture.ts";

const rwt = serviceWith();
const origin = await serve(await appWith({ rwt }));

test("a user signs in, is known, rotates and signs out, by a cookie with all its flags", async () => {
  const browser = new Browser(origin);
  const login = await browser.send("POST", "/login");
  const { token } = await login.json();
  expect(login.headers.getSetCookie()).toEqual([
    `__Host-rwt=${token}; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax`,
  ]);
  expect(login.headers.get("Cache-Control")).toBe("no-store");
  const read = await browser.send("GET", "/private");
  expect([read.status, await read.json(), read.headers.get("Cache-Control")]).toEqual([200, ada, "no-store"]);
  expect(read.headers.getSetCookie()).toEqual([]);

  const rotated = await (await browser.send("POST", "/rotate")).json();
  expect(browser.cookie).toBe(`__Host-rwt=${rotated.token}`);
  expect(rotated.token).not.toBe(token);
  expect(await (await browser.send("GET", "/private")).json()).toEqual(ada);

  const logout = await browser.send("POST", "/logout");
  expect(await logout.json()).toEqual({ ended: true });
  expect(logout.headers.getSetCookie()).toEqual([
    "__Host-rwt=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax",
  ]);
  expect(await rwt.verify(rotated.token)).toBeNull();
});

test("devices are listed, and the others end", async () => {
  const [phone, desk] = [new Browser(origin), new Browser(origin)];
  for (const browser of [phone, desk]) await browser.send("POST", "/login");
  const listed = await desk.send("GET", "/devices");
  expect(listed.headers.get("Cache-Control")).toBe("no-store");
  const devices: boolean[] = await listed.json();
  expect(devices.sort()).toEqual([false, true]);
  expect(await (await desk.send("POST", "/end-others")).json()).toEqual({ ended: true });
  expect((await phone.send("GET", "/private")).status).toBe(401);
  expect((await desk.send("GET", "/private")).status).toBe(200);
});

test("all sessions end at once, and the cookie is cleared", async () => {
  const [phone, desk] = [new Browser(origin), new Browser(origin)];
  for (const browser of [phone, desk]) await browser.send("POST", "/login");
  const { cookie } = desk;
  expect(await (await desk.send("POST", "/logout-everywhere")).json()).toEqual({ ended: true });
  expect(desk.cookie).toBe("");
  desk.cookie = cookie;
  for (const browser of [phone, desk]) expect((await browser.send("GET", "/private")).status).toBe(401);
  expect((await desk.send("POST", "/logout-everywhere")).status).toBe(401);
  expect(desk.cookie).toBe(cookie);
});

test("a second sign-in ends the session before it", async () => {
  const browser = new Browser(origin);
  const { token } = await (await browser.send("POST", "/login")).json();
  await browser.send("POST", "/login");
  expect(await rwt.verify(token)).toBeNull();
  expect((await browser.send("GET", "/private")).status).toBe(200);
});

test("a page for anyone knows who has a session, and neither answer is cached", async () => {
  const browser = new Browser(origin);
  for (const name of [null, "Ada"]) {
    const answer = await browser.send("GET", "/anyone");
    expect([await answer.json(), answer.headers.get("Cache-Control")]).toEqual([{ name }, "no-store"]);
    await browser.send("POST", "/login");
  }
  browser.cookie = "__Host-rwt=rwt_of-no-one";
  expect(await (await browser.send("GET", "/anyone")).json()).toEqual({ name: null });
});

test("an API's client carries the token by itself", async () => {
  const headers = { Authorization: `Bearer ${await rwt.sign(ada)}` };
  for (const method of ["GET", "POST"])
    expect(await (await fetch(`${origin}/private`, { method, headers })).json()).toEqual(ada);
});
