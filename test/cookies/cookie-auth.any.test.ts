import { describe, expect, test } from "vitest";
import { type CookieAuthOptions, type CookieJar, cookieAuth } from "../../src/cookies/index.ts";
import { createRwt, StoreUnavailableError, type TokenStore } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { memoryStore } from "../../src/stores/memory/index.ts";
import { forged } from "../support/forged.ts";
import { untouchedStore } from "../support/untouched-store.ts";

const secret = "a secret of the tests, 32 bytes or more";
const NAME = "__Host-rwt";

/** A browser behind a framework: what is set comes back with the next request, unless it is cleared. */
function browser(shape: "text" | "object" | "all" = "object") {
  const kept = new Map<string, string>();
  const set: [string, string, object][] = [];
  const jar: CookieJar = {
    get(name) {
      const value = kept.get(name);
      if (value === undefined) return undefined;
      return shape === "text" ? value : { value };
    },
    ...(shape === "all" && {
      getAll: (name: string) => [...kept].filter(([key]) => key === name).map(([, value]) => ({ value })),
    }),
    set(name, value, attributes) {
      set.push([name, value, attributes]);
      if (attributes.maxAge === 0) kept.delete(name);
      else kept.set(name, value);
    },
  };
  return { jar, kept, set };
}

interface User {
  readonly id: string;
}
function serviceWith(store: TokenStore = memoryStore()) {
  return createRwt<User>({ store, secret, maxLifetime: 600 }).with(sessions());
}
const authWith = (options: Partial<CookieAuthOptions<User>> = {}) =>
  cookieAuth<User>({ rwt: serviceWith(), ...options });

describe.each(["text", "object", "all"] as const)("over a jar that gives %s", (shape) => {
  test("a user steps up: another cookie, the old token ends, and the browser keeps it as long as before", async () => {
    const auth = authWith();
    const { jar, kept, set } = browser(shape);
    expect([await auth.reauthenticate(jar, {}), set]).toEqual([null, []]);
    const token = await auth.signIn(jar, { id: "42" }, { persistent: false });
    const fresh = await auth.reauthenticate(jar, { amr: ["pwd"] });
    expect([kept.get(NAME), set.at(-1)?.[2]]).toEqual([fresh, expect.not.objectContaining({ maxAge: 600 })]);
    expect((await auth.session(jar))?.auth?.amr).toEqual(["pwd"]);
    kept.set(NAME, token);
    expect(await auth.session(jar)).toBeNull();
    await expect(auth.reauthenticate(jar, { at: -1 })).rejects.toMatchObject({ option: "auth.at" });
  });

  test("a user signs in, is known, rotates and signs out", async () => {
    const auth = authWith();
    const { jar, kept, set } = browser(shape);
    expect(await auth.session(jar)).toBeNull();
    const token = await auth.signIn(jar, { id: "42" }, { subject: "42" });
    expect(set).toEqual([
      [NAME, token, { maxAge: 600, path: "/", httpOnly: true, secure: true, sameSite: "lax" }],
    ]);
    expect((await auth.session(jar))?.data).toEqual({ id: "42" });

    const fresh = await auth.rotate(jar);
    expect(fresh).toMatch(/^rwt_/);
    expect(kept.get(NAME)).toBe(fresh);
    expect((await auth.session(jar))?.subject).toBe("42");

    expect(await auth.signOut(jar)).toBe(true);
    expect(set.at(-1)).toEqual([
      NAME,
      "",
      { maxAge: 0, path: "/", httpOnly: true, secure: true, sameSite: "lax" },
    ]);
    expect(await auth.session(jar)).toBeNull();
    expect(await auth.rotate(jar)).toBeNull();
    expect(await auth.signOut(jar)).toBe(false);
  });
});

test("a jar whose getAll returns every cookie, as SvelteKit's does, gives only the session's", async () => {
  const auth = authWith();
  const { jar, kept } = browser();
  kept.set("theme", await serviceWith().sign({ id: "another's" }));
  const all = { ...jar, getAll: () => [...kept].map(([name, value]) => ({ name, value })) };
  expect(await auth.session(all)).toBeNull();
  await auth.signIn(all, { id: "42" });
  expect((await auth.session(all))?.data).toEqual({ id: "42" });
});

test("a jar without the cookie needs no service, as where a build prerenders", async () => {
  const auth = authWith({
    rwt: () => {
      throw new Error("a build has no secret");
    },
  });
  expect(await auth.session(browser().jar)).toBeNull();
});

test("devices are listed, and the others end", async () => {
  const auth = authWith();
  const [phone, desk, stranger] = [browser(), browser(), browser()];
  for (const { jar } of [phone, desk]) await auth.signIn(jar, { id: "42" }, { subject: "42" });
  const { sessions: found } = await auth.listSessions(desk.jar);
  expect(found.map(({ current }) => current).sort()).toEqual([false, true]);
  expect(await auth.endOtherSessions(desk.jar)).toBe(true);
  expect(await auth.session(phone.jar)).toBeNull();
  expect(await auth.session(desk.jar)).not.toBeNull();
  expect((await auth.listSessions(stranger.jar)).sessions).toEqual([]);
  expect(await auth.endOtherSessions(stranger.jar)).toBe(false);
});

test("a second sign-in ends the session before it, and keeps the kind of cookie that was asked for", async () => {
  const auth = authWith();
  const { jar, kept, set } = browser();
  await auth.signIn(jar, { id: "1" }, { subject: "1" });
  const first = kept.get(NAME);
  await auth.signIn(jar, { id: "2" }, { subject: "2", persistent: false });
  expect(set.at(-1)?.[2]).not.toHaveProperty("maxAge");
  await auth.rotate(jar);
  expect(set.at(-1)?.[2]).not.toHaveProperty("maxAge");
  kept.set(NAME, first ?? "");
  expect(await auth.session(jar)).toBeNull();
});

test("the attributes are those of the options, and a lifetime of a sign-in's own is the cookie's", async () => {
  const cookie = { name: "sid", domain: "example.org", path: "/app", partitioned: true };
  const { jar, set } = browser();
  await authWith({ cookie }).signIn(jar, { id: "42" }, { maxLifetime: 60 });
  expect(set.at(-1)?.[2]).toEqual({
    maxAge: 60,
    domain: "example.org",
    path: "/app",
    httpOnly: true,
    secure: true,
    sameSite: "none",
    partitioned: true,
  });
});

test("a service that a function makes is made at the first call, once", async () => {
  let made = 0;
  const auth = authWith({
    rwt: () => {
      made++;
      return serviceWith();
    },
  });
  expect(made).toBe(0);
  const { jar } = browser();
  await auth.signIn(jar, { id: "42" });
  expect((await auth.session(jar))?.data).toEqual({ id: "42" });
  expect(made).toBe(1);
});

test("a forged cookie costs no command, a dead one is no session, and neither is cleared", async () => {
  const store = untouchedStore();
  const token = await serviceWith().sign({ id: "42" });
  const { jar, kept, set } = browser();
  kept.set(NAME, forged(token));
  expect(await cookieAuth({ rwt: createRwt({ store, secret }) }).session(jar)).toBeNull();
  expect(store.calls).toEqual([]);
  kept.set(NAME, token);
  expect(await authWith().session(jar)).toBeNull();
  expect(set).toEqual([]);
});

test("an optimistic check passes a genuine token, also of a session that has ended, and asks no store", async () => {
  const store = untouchedStore();
  const { inspect } = cookieAuth({ rwt: createRwt({ store, secret }) });
  const { jar, kept } = browser();
  expect(await inspect(jar)).toBeNull();
  const rwt = serviceWith();
  const token = await rwt.sign({ id: "42" });
  await rwt.destroy(token);
  kept.set(NAME, forged(token));
  expect(await inspect(jar)).toBeNull();
  kept.set(NAME, token);
  expect(await inspect(jar)).toMatchObject({ expire: rwt.expire });
  const several = {
    get: () => forged(token),
    getAll: () => [forged(token), token].map((value) => ({ value })),
  };
  expect(await inspect(several)).not.toBeNull();
  expect(store.calls).toEqual([]);
});

test("an outage is an exception; a sign-out clears the cookie all the same", async () => {
  const fail = () => Promise.reject(new StoreUnavailableError("network", "gone"));
  const store = { ...memoryStore(), check: fail, destroy: fail };
  const auth = authWith({ rwt: serviceWith(store) });
  const { jar, kept } = browser();
  await auth.signIn(jar, { id: "42" });
  await expect(auth.session(jar)).rejects.toMatchObject({ reason: "network" });
  await expect(auth.signOut(jar)).rejects.toMatchObject({ reason: "network" });
  expect(kept.size).toBe(0);
});

test.each([
  [{ rwt: 42 }, "rwt"],
  [{ rwt: () => 42 }, "rwt"],
  [{ rwt: serviceWith(), cookies: {} }, "cookies"],
  [{ rwt: serviceWith(), cookie: { name: "a b" } }, "cookie.name"],
])("a wrong option is named: %j", async (options, option) => {
  const use = async () => cookieAuth(options as never).signOut(browser().jar);
  await expect(use()).rejects.toMatchObject({ option });
});

describe("a sign-in whose cookie can't be set leaves no session", () => {
  const jar: CookieJar = {
    get: () => undefined,
    set() {
      throw new Error("the answer has begun");
    },
  };

  test("at once", async () => {
    const rwt = serviceWith();
    const signingIn = authWith({ rwt }).signIn(jar, { id: "42" }, { subject: "42" });
    await expect(signingIn).rejects.toThrow("the answer has begun");
    expect((await rwt.list("42")).sessions).toEqual([]);
  });

  test("and keeps the one that the user has", async () => {
    const rwt = serviceWith();
    const token = await rwt.sign({ id: "42" }, { subject: "42" });
    const signingIn = authWith({ rwt }).signIn({ ...jar, get: () => token }, { id: "7" });
    await expect(signingIn).rejects.toThrow("the answer has begun");
    expect(await rwt.verify(token)).not.toBeNull();
  });

  test("also if the store stops answering before the session can be ended", async () => {
    const destroy = () => Promise.reject(new StoreUnavailableError("network", "gone"));
    const rwt = serviceWith({ ...memoryStore(), destroy });
    const signingIn = authWith({ rwt }).signIn(jar, { id: "42" }, { subject: "42" });
    await expect(signingIn).rejects.toThrow("the answer has begun");
    await expect.poll(async () => (await rwt.list("42")).sessions).toEqual([]);
  });
});
