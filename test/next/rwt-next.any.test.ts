/** What the kit adds to `cookieAuth` and `requestAuth`. The matrix of runtimes runs it in Next itself. */
import { expect, test } from "vitest";
import type { CookieJar } from "../../src/cookies/index.ts";
import { createRwt } from "../../src/index.ts";
import { type RwtNext, type RwtNextOptions, rwtNext } from "../../src/next/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";

const NAME = "__Host-rwt";
const URL_OF_APP = "http://localhost/";

interface User {
  readonly id: string;
}

/** A browser and the app that it uses. */
function app(options: Partial<RwtNextOptions<User>> = {}) {
  const kept = new Map<string, string>();
  const jar: CookieJar = {
    get(name) {
      const value = kept.get(name);
      return value === undefined ? undefined : { value };
    },
    set: (name, value) => (value === "" ? kept.delete(name) : kept.set(name, value)),
  };
  let made = 0;
  const auth: RwtNext<User> = rwtNext<User>({
    cookies: async () => jar,
    cache: (call) => call,
    rwt() {
      made++;
      return createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
    },
    ...options,
  });
  const request = (init: RequestInit = {}): Request =>
    new Request(URL_OF_APP, {
      ...init,
      headers: { Cookie: [...kept].map((pair) => pair.join("=")).join("; "), ...init.headers },
    });
  return { auth, jar, kept, request, made: () => made };
}

test("a user signs in, is known everywhere, rotates and signs out, with one service", async () => {
  const { auth, jar, kept, request, made } = app();
  expect(made()).toBe(0);
  expect([await auth.session(), await auth.inspect(jar), await auth.rotate()]).toEqual([null, null, null]);
  const token = await auth.signIn({ id: "42" }, { subject: "42" });
  expect(kept.get(NAME)).toBe(token);
  expect((await auth.session())?.data).toEqual({ id: "42" });
  expect(await auth.inspect(jar)).not.toBeNull();
  expect(await auth.route.authenticate(request())).toMatchObject({ data: { id: "42" } });

  expect(await auth.rotate()).toBe(kept.get(NAME));
  expect((await auth.listSessions()).sessions.map(({ current }) => current)).toEqual([true]);
  expect(await auth.endOtherSessions()).toBe(true);
  expect(await auth.signOut()).toBe(true);
  expect([kept.size, await auth.session()]).toEqual([0, null]);
  expect(made()).toBe(1);
});

test("all sessions of a user end at once, and the cookie is cleared; a stranger's call ends nothing", async () => {
  const rwt = createRwt<User>({ store: memoryStore(), secret: "s".repeat(32) }).with(sessions());
  const [phone, desk, stranger] = [app({ rwt }), app({ rwt }), app({ rwt })];
  for (const { auth } of [phone, desk]) await auth.signIn({ id: "42" }, { subject: "42" });
  expect(await stranger.auth.signOutEverywhere()).toBe(false);
  expect(await phone.auth.session()).not.toBeNull();
  expect([await desk.auth.signOutEverywhere(), desk.kept.size]).toEqual([true, 0]);
  expect(await phone.auth.session()).toBeNull();
});

test("a user steps up, which Route Handlers require", async () => {
  const { auth, kept, request } = app();
  expect(await auth.reauthenticate({})).toBeNull();
  await auth.signIn({ id: "42" });
  const require = { maxAge: 300 };
  const refused = await auth.route.authenticate(request(), { require });
  expect(refused instanceof Response && refused.headers.get("WWW-Authenticate")).toContain('max_age="300"');
  expect(await auth.reauthenticate({ amr: ["pwd"] })).toBe(kept.get(NAME));
  expect((await auth.session())?.auth?.amr).toEqual(["pwd"]);
  expect(await auth.route.authenticate(request(), { require })).toMatchObject({ data: { id: "42" } });
});

test("Route Handlers accept a bearer token too, and refuse other sites' pages", async () => {
  const { auth, request } = app();
  const token = await auth.signIn({ id: "42" });
  const bearer = { headers: { Authorization: `Bearer ${token}`, Cookie: "" } };
  expect(await auth.route.authenticate(request(bearer))).toMatchObject({ data: { id: "42" } });
  const foreign = { method: "POST", headers: { Origin: "https://evil.example" } };
  expect(await auth.route.authenticate(request(foreign))).toMatchObject({ status: 403 });
  const { auth: cookieOnly, request: own } = app({
    from: ["cookie"],
    csrf: { origins: ["https://evil.example"] },
  });
  await cookieOnly.signIn({ id: "42" });
  expect(await cookieOnly.route.authenticate(own(foreign))).toMatchObject({ data: { id: "42" } });
  expect(await cookieOnly.route.authenticate(own(bearer))).toMatchObject({ status: 401 });
});

test("`cache` wraps the check of a session", async () => {
  let checks = 0;
  const { auth } = app({
    cache: ((call: () => Promise<unknown>) => () => {
      checks++;
      return call();
    }) as RwtNextOptions["cache"],
  });
  await auth.session();
  await auth.session();
  expect(checks).toBe(2);
});

test("cookie and route have the same name and attributes", async () => {
  const { auth, kept, request } = app({ cookie: { name: "sid" } });
  await auth.signIn({ id: "42" });
  expect([...kept.keys()]).toEqual(["sid"]);
  expect(await auth.route.authenticate(request())).toMatchObject({ data: { id: "42" } });
});

test.each([
  [{ cookies: undefined }, "cookies"],
  [{ cache: true }, "cache"],
  [{ rwt: 42 }, "rwt"],
  [{ from: [] }, "from"],
  [{ cookie: { name: "a b" } }, "cookie.name"],
  [{ secret: "s" }, "secret"],
  [{ optional: true }, "optional"],
])("a wrong option is refused at once: %j", (options, option) => {
  expect(() => app(options as never)).toThrow(expect.objectContaining({ option }));
});
