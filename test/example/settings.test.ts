import { readFileSync } from "node:fs";
import { memoryStore } from "redis-web-token/memory";
import { redisStore } from "redis-web-token/redis";
import { afterEach, expect, test, vi } from "vitest";
import { createApp } from "../../worker-example/app.ts";
import { demoVariables } from "../../worker-example/demo-users.ts";
import { hashPassword } from "../../worker-example/password.ts";
import { type Environment, readSettings } from "../../worker-example/settings.ts";
import { readUsers } from "../../worker-example/users.ts";

const log = vi.spyOn(console, "log").mockImplementation(() => {});
const error = vi.spyOn(console, "error").mockImplementation(() => {});
afterEach(() => void [log.mockClear(), error.mockClear()]);

const { DEMO_USERS } = demoVariables();
const RWT_SECRET = "a".repeat(40);
const UPSTASH = { UPSTASH_REDIS_REST_URL: "https://x.example", UPSTASH_REDIS_REST_TOKEN: "t0ken" };

test("the demo users can sign in, and their sessions don't contain the hash", async () => {
  const users = readUsers(DEMO_USERS);
  expect(await users.authenticate("ada", "correct horse battery staple")).toEqual({
    id: "ada",
    name: "Ada Lovelace",
    role: "admin",
  });
  expect(await users.authenticate("grace", "hopper")).toMatchObject({ id: "grace", role: "user" });
  expect(await users.authenticate("grace", "Hopper")).toBeNull();
});

const accountWith = async (password: string, iterations: number) => ({
  hash: await hashPassword(password, iterations),
  role: "user",
  displayName: "Somebody",
});

test.each([
  ["the demo's", async () => DEMO_USERS],
  ["hashes that are all weak", async () => JSON.stringify({ ada: await accountWith("x", 10) })],
  [
    "hashes of different strength",
    async () => JSON.stringify({ ada: await accountWith("x", 10), grace: await accountWith("x", 150_000) }),
  ],
  ["no accounts", async () => "{}"],
])(
  "every name takes the same work, whether it exists or not, and however strong its hash is: %s",
  async (_, json) => {
    const users = readUsers(await json());
    const derive = vi.spyOn(crypto.subtle, "deriveBits");
    const works = new Set<number>();
    for (const name of ["ada", "grace", "nobody", "__proto__"]) {
      for (const password of ["wrong", "x", "hopper"]) {
        derive.mockClear();
        await users.authenticate(name, password);
        const iterations = derive.mock.calls.map(([algorithm]) => (algorithm as Pbkdf2Params).iterations);
        // As many calls too, since each call has a cost of its own.
        expect(iterations).toHaveLength(2);
        works.add(iterations.reduce((sum, each) => sum + each, 0));
      }
    }
    derive.mockRestore();
    expect(works.size).toBe(1);
    expect(Math.min(...works)).toBeGreaterThanOrEqual(100_000);
  },
);

test.each([
  [{}, true],
  [{ HOST: "127.0.0.1" }, true],
  [{ HOST: "::1" }, true],
  [{ HOST: "localhost", NODE_ENV: "test" }, true],
  [{ HOST: "0.0.0.0" }, false],
  [{ HOST: "::" }, false],
  [{ HOST: "192.168.0.5" }, false],
  [{ HOST: "localhost.example.org" }, false],
  [{ NODE_ENV: "production" }, false],
])("with %o the demo users, whose passwords are public, exist: %s", (env, areThere) => {
  expect(demoVariables(env).DEMO_USERS !== undefined).toBe(areThere);
});

test("a deployed Worker has no users, so nobody can sign in until some are set", async () => {
  const toml = readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8");
  expect(toml).not.toMatch(/^\s*DEMO_USERS/m);
  expect(toml).not.toContain("pbkdf2");
  // The Worker's module as it is, with the bindings of a deployment that sets everything else.
  const { default: worker } = await import("../../worker-example/worker.ts");
  const body = JSON.stringify({ user: "ada", password: "correct horse battery staple" });
  const headers = { "Content-Type": "application/json" };
  const answer = await worker.request("/login", { method: "POST", headers, body }, { RWT_SECRET });
  expect(answer.status).toBe(500);
  expect(String(error.mock.calls[0])).toContain("DEMO_USERS is not set");
});

test("without settings it uses the memory store, and says so in one line", () => {
  const { rwt, storeName } = readSettings({ DEMO_USERS });
  expect(storeName).toBe("Memory");
  expect(rwt).toMatchObject({ expire: 900, maxLifetime: 43_200, verifyExtendsToken: true });
  expect(log).toHaveBeenCalledTimes(1);
});

test("lifetimes are set in seconds", () => {
  const { rwt } = readSettings({ DEMO_USERS, RWT_EXPIRE: "60", RWT_MAX_LIFETIME: "3600" });
  expect(rwt).toMatchObject({ expire: 60, maxLifetime: 3600 });
});

test("Redis over TCP takes precedence over HTTP if the runtime has TCP, and both over memory", () => {
  const tcp = vi.fn(() => memoryStore());
  const env = { DEMO_USERS, RWT_SECRET, ...UPSTASH, REDIS_URL: "redis://localhost" };
  expect(readSettings(env, tcp).storeName).toBe("Redis over TCP");
  expect(tcp).toHaveBeenCalledExactlyOnceWith("redis://localhost");
  expect(readSettings(env).storeName).toBe("Redis over HTTP");
  expect(log).not.toHaveBeenCalled();
});

const hash = `pbkdf2-sha256$100000$${"A".repeat(22)}$${"A".repeat(43)}`;
test.each<[Environment, RegExp]>([
  [{ ...UPSTASH, UPSTASH_REDIS_REST_TOKEN: "" }, /^UPSTASH_REDIS_REST_URL is set and .*_TOKEN is not/],
  [{ ...UPSTASH, UPSTASH_REDIS_REST_URL: "" }, /^UPSTASH_REDIS_REST_TOKEN is set and .*_URL is not/],
  [UPSTASH, /^RWT_SECRET is not set/],
  [{ RWT_SECRET: "short" }, /^secret must be at least 32 bytes/],
  [{ RWT_EXPIRE: "1h" }, /^expire must be a whole number of seconds/],
  [{ DEMO_USERS: "" }, /^DEMO_USERS is not set/],
  [{ DEMO_USERS: "{" }, /^DEMO_USERS is not JSON/],
  [{ DEMO_USERS: "[]" }, /^DEMO_USERS must be a JSON object/],
  [{ DEMO_USERS: '{"eve":"secret"}' }, /^DEMO_USERS: eve needs a "hash"/],
  [{ DEMO_USERS: '{"eve":{"hash":"secret"}}' }, /^DEMO_USERS: eve needs a "hash"/],
  [{ DEMO_USERS: JSON.stringify({ eve: { hash, role: 1 } }) }, /^DEMO_USERS: eve needs a "role"/],
])("a wrong setting is reported by name, without its value: %o", (env, message) => {
  const read = () => readSettings({ DEMO_USERS, ...env });
  expect(read).toThrow(message);
  for (const hidden of ["t0ken", "x.example", "short", 'secret"', hash]) expect(read).not.toThrow(hidden);
});

const logIn = (app: ReturnType<typeof createApp>) =>
  app.request("/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: "grace", password: "hopper" }),
  });

test("a session has the user as its subject, so that all sessions of the user can be found", async () => {
  const settings = readSettings({ DEMO_USERS });
  const { token } = (await (await logIn(createApp(() => settings))).json()) as { token: string };
  expect(await settings.rwt.verify(token)).toMatchObject({ subject: "grace", meta: { device: "unknown" } });
});

test("an address that has tried many names is refused for every name, and other addresses aren't", async () => {
  const settings = readSettings({ DEMO_USERS });
  for (let i = 0; i < 100; i++) settings.loginLimit.attempt(`name ${i}`, "1.2.3.4");
  const from = (address: string) =>
    createApp(
      () => settings,
      () => address,
    );
  const refused = await logIn(from("1.2.3.4"));
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(800);
  expect((await logIn(from("1.2.3.5"))).status).toBe(200);
});

test("an outage is logged in one line, with the reason", async () => {
  const gone = { send: () => Promise.reject(new Error("connection refused")), close: async () => {} };
  const settings = readSettings({ DEMO_USERS, RWT_SECRET, REDIS_URL: "redis://x" }, () => redisStore(gone));
  expect((await logIn(createApp(() => settings))).status).toBe(503);
  expect(error.mock.calls).toEqual([["503, since the store is unavailable: network"]]);
  expect(settings.meter.read().totals).toEqual({ signed: 0, verified: 0, rejected: 0, failed: 1 });
});

test("an error in the app is a 500 without details", async () => {
  const app = createApp(() => {
    throw new Error("a detail");
  });
  const answer = await app.request("/");
  expect([answer.status, await answer.text()]).toEqual([500, "Internal Server Error"]);
  const page = await app.request("/", { headers: { Accept: "text/html" } });
  expect([page.status, page.headers.get("Cache-Control")]).toEqual([500, "no-store"]);
  const text = await page.text();
  expect(text).toContain("Something went wrong");
  expect(text).not.toContain("a detail");
  expect(error).toHaveBeenCalledTimes(2);
});

test("a malformed sign-in is refused before any work", async () => {
  const settings = readSettings({ DEMO_USERS });
  const app = createApp(() => settings);
  const login = (body: string, type = "application/json") =>
    app.request("/login", { method: "POST", headers: { "Content-Type": type }, body });
  for (const body of ["{", "null", "[]", '"x"', '{"user":"ada"}', '{"user":"ada","password":1}']) {
    expect((await login(body)).status).toBe(400);
  }
  expect((await login("user=ada", "application/x-www-form-urlencoded")).status).toBe(400);
  expect((await login("user=ada&user=eve&password=", "application/x-www-form-urlencoded")).status).toBe(400);
  const large = JSON.stringify({ user: "ada", password: "x".repeat(10_000) });
  expect((await login(large)).status).toBe(413);
});

test("an unknown path is a 404, as a page or as text", async () => {
  const app = createApp(() => readSettings({ DEMO_USERS }));
  expect(await (await app.request("/nowhere")).text()).toBe("Not Found");
  const page = await app.request("/nowhere", { headers: { Accept: "text/html" } });
  expect([page.status, page.headers.get("Content-Type")]).toEqual([404, "text/html; charset=UTF-8"]);
});
