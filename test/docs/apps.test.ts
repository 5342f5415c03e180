/** Code of the pages that serves, or that needs more than its output to be judged. */
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { commandsOf } from "../support/commandstats.ts";
import { blockWith } from "../support/pages.ts";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

const redis = await ownRedis();
const rest = await ownRest(redis);
const RWT_SECRET = "a secret of the tests of 32 bytes or more";
const env = { ...process.env, REDIS_URL: redis.url, RWT_SECRET };

// Within the project, where the package's name means the package.
const folder = join(root, "dist/.apps");
beforeAll(() => mkdirSync(folder, { recursive: true }));
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

function fileWith(text: string, page?: string): string {
  const file = join(folder, `${text.replaceAll(/\W+/g, "-")}.ts`);
  writeFileSync(file, blockWith(text, page));
  return file;
}

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await promisify(execFile)(command, args, { env, cwd: root })).stdout.trim();

test.each([
  ["Node", process.execPath, []],
  ["Deno", bin("deno"), ["run", "--allow-env", "--allow-read"]],
  ["Bun", bin("bun"), ["run"]],
])("README's first code works on %s", async (_, command, args) => {
  const file = fileWith("store: memoryStore()", "README.md");
  expect(await run(command, ...args, file)).toBe("Ada\nnull");
});

test("a thousand verifies with a cache are one command", async () => {
  const file = fileWith("cache: { ttl: 2");
  const admin = new Redis(redis.url);
  const sent = await commandsOf(admin, () => run(process.execPath, file));
  await admin.quit();
  // Longer than two seconds on a slow machine, it is one more.
  expect(sent.getex).toBeGreaterThan(0);
  expect((sent.getex ?? 0) + (sent.get ?? 0)).toBeLessThan(5);
});

test("the page on Hono: the app signs in, checks and signs out", async () => {
  const outfile = join(folder, "hono.mjs");
  // As plain JavaScript, which this process imports like any package's, past Vitest's own loader.
  const entryPoints = [fileWith("export default app", "docs/hono.md")];
  await build({ entryPoints, outfile, bundle: true, packages: "bundle", format: "esm" });
  const { default: app } = await import(pathToFileURL(outfile).href);
  const bindings = {
    UPSTASH_REDIS_REST_URL: rest.url,
    UPSTASH_REDIS_REST_TOKEN: rest.token,
    RWT_SECRET,
  };
  const call = (method: string, path: string, headers = {}) =>
    app.request(path, { method, headers }, bindings);
  const login = await call("POST", "/login");
  const { token } = await login.json();
  const carriers = [
    { Authorization: `Bearer ${token}` },
    { Cookie: login.headers.get("Set-Cookie")?.split(";")[0] },
  ];
  for (const headers of carriers)
    expect(await (await call("GET", "/private/me", headers)).json()).toEqual({ id: "42", name: "Ada" });
  expect(await (await call("POST", "/logout", carriers[0])).json()).toEqual({ ended: true });
  for (const headers of [...carriers, {}])
    expect((await call("GET", "/private/me", headers)).status).toBe(401);
});

test("the page on introspection: a service without Redis asks one that has it", async () => {
  const bindings = { ...env, BILLING_SECRET: "a secret of the client billing, of 32 characters" };
  for (const [name, value] of Object.entries(bindings)) vi.stubEnv(name, value);
  const { app, rwt } = await import(fileWith("rwtRoutes({"));
  atEnd(() => rwt.disconnect());
  vi.stubEnv("AUTH_URL", await serveApp(app));
  const { introspect } = await import(fileWith("process.env.AUTH_URL"));
  const token = await rwt.sign({ id: "42", role: "admin" }, { subject: "42" });
  expect(await introspect(token)).toMatchObject({ active: true, sub: "42", role: "admin" });
  await rwt.destroy(token);
  expect(await introspect(token)).toEqual({ active: false });
  expect(await (await app.request("/openapi.json")).json()).toMatchObject({ openapi: "3.1.0" });
  vi.stubEnv("BILLING_SECRET", "another");
  await expect(introspect(token)).rejects.toThrow("introspection failed: 401");
});

test("the recipe that limits sign-in attempts allows ten of a name from an address, and others go on", async () => {
  const file = fileWith("export async function mayTry");
  const more = `
    const tries = await Promise.all(Array.from({ length: 12 }, () => mayTry("ada", "203.0.113.1")));
    console.log(tries.filter(Boolean).length, await mayTry("grace", "203.0.113.1"), await mayTry("ada", "203.0.113.2"));
    redis.disconnect();`;
  writeFileSync(file, `${readFileSync(file, "utf8")}${more}`);
  expect(await run(process.execPath, file)).toBe("10 true true");
});
