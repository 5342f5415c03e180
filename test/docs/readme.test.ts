import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { entries, root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { bin } from "../support/bin.ts";
import { commandsOf } from "../support/commandstats.ts";
import { blocks, blockWith, readme, SURROUNDINGS } from "../support/readme.ts";
import { serveApp } from "../support/serve-app.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** The examples of the public documentation comments, which editors show. */
const examples = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .flatMap((file) => [
    ...readFileSync(join(root, "src", file), "utf8").matchAll(/^ *\* ```ts\n(.*?)^ *\* ```$/gms),
  ])
  .map(([, code = ""]) => code.replaceAll(/^ *\* ?/gm, ""));

// Within the project, where the package's name means the package.
const folder = join(root, "dist/.readme");
const fileOf = (code: string) => join(folder, `block-${blocks.indexOf(code)}.ts`);

const redis = await ownRedis();
const rest = await ownRest(redis);
const env = { ...process.env, REDIS_URL: redis.url, RWT_SECRET: "a secret of the tests of 32 bytes or more" };

async function run(command: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { env, cwd: root }).catch((error) => {
    throw new Error(`${error.message}\n${error.stdout}\n${error.stderr}`);
  });
  return stdout.trim();
}

beforeAll(() => {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of Object.entries(SURROUNDINGS)) writeFileSync(join(folder, name), code);
  // What Deno takes from JSR is checked and run by the matrix of runtimes.
  for (const code of blocks) if (!code.includes('from "jsr:')) writeFileSync(fileOf(code), code);
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

describe("the README's code", () => {
  test("is all of it type-checked, as strictly as the project is, and so are the examples in the comments", async () => {
    expect(blocks.length).toBeGreaterThan(12);
    expect(examples.length).toBeGreaterThan(12);
    examples.forEach((code, i) => {
      writeFileSync(join(folder, `example-${i}.ts`), `${code}\nexport {};\n`);
    });
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: "../../tsconfig.json",
        compilerOptions: { noUnusedLocals: false },
        include: ["*.ts"],
      }),
    );
    expect(await run(bin("tsc"), "-p", folder)).toBe("");
  });

  test.each([
    ["Node", process.execPath, []],
    ["Deno", bin("deno"), ["run", "--allow-env", "--allow-read"]],
    ["Bun", bin("bun"), ["run"]],
  ])("the first steps say what their comments do, on %s", async (_, command, args) => {
    const file = fileOf(blockWith("store: memoryStore()"));
    expect(await run(command, ...args, file)).toBe("Ada\nnull");
  });

  test("the TCP store works against a real Redis, and lets the process end", async () => {
    const file = fileOf(blockWith('from "redis-web-token/ioredis"'));
    expect(await run(process.execPath, file)).toBe("{ id: '42' }");
  });

  test("a thousand verifies with a cache are one command", async () => {
    const file = fileOf(blockWith("cache: { ttl: 2"));
    const admin = new Redis(redis.url);
    const sent = await commandsOf(admin, () => run(process.execPath, file));
    await admin.quit();
    // Longer than two seconds on a slow machine, it is one more.
    expect(sent.getex).toBeGreaterThan(0);
    expect((sent.getex ?? 0) + (sent.get ?? 0)).toBeLessThan(5);
  });

  test("the original's calls work, old secret and all, and let the process end", async () => {
    const file = fileOf(blockWith('from "redis-web-token/compat"'));
    expect(await run(process.execPath, file)).toBe("Ada");
  });

  test("a person's sessions are listed, ended, changed and rotated", async () => {
    const file = fileOf(blockWith("a sixth sign-in"));
    // Both are of the same second.
    const lines = (await run(process.execPath, file)).split("\n").map((line) => line.trim());
    expect(lines.sort()).toEqual(["admin null", "desk (this one)", "phone"]);
  });

  test("features are added to one service, and do what the comments say", async () => {
    const file = fileOf(blockWith("onEvent: ({ type }) => console.log(type)"));
    expect(await run(process.execPath, file)).toBe("signed\nlisted\n1");
  });

  test("a service's events are what the comments say, and hold no token", async () => {
    const file = fileOf(blockWith(".with(openTelemetry())"));
    const printed = await run(process.execPath, file);
    expect(printed).not.toContain("rwt_");
    const events = printed.split("\n").map((line) => JSON.parse(line));
    expect(events.map(({ type, reason }) => [type, reason].join(" ").trim())).toEqual([
      "signed",
      "verified",
      "rejected malformed",
      "destroyed",
      "rejected unknown",
    ]);
    expect(new Set(events.map(({ session }) => session)).size).toBe(2);
    expect(events[0]).toEqual({
      operation: "sign",
      type: "signed",
      session: expect.stringMatching(/^[\w-]{22}$/),
      ms: expect.any(Number),
    });
  });

  test("an encrypting service gives back what it was given, and Redis holds none of it", async () => {
    const file = fileOf(blockWith('subject: "ada@example.org"'));
    const admin = new Redis(redis.url);
    await admin.flushall();
    expect(await run(process.execPath, file)).toBe("{ name: 'Ada' }");
    const [key = ""] = await admin.keys("*:s:*");
    expect(await admin.get(key)).toMatch(/^1 .{70}\ne1\.[\w-]+\ne1\.[\w-]+$/);
    await admin.quit();
  });

  test("an outage is told as the comment says", async () => {
    const file = fileOf(blockWith("instanceof StoreUnavailableError"));
    expect(await run(process.execPath, file)).toBe("network");
  });

  test("the Hono app signs in, checks and signs out", async () => {
    const { default: app } = await import(
      pathToFileURL(await compiled(blockWith("export default app"))).href
    );
    const bindings = {
      UPSTASH_REDIS_REST_URL: rest.url,
      UPSTASH_REDIS_REST_TOKEN: rest.token,
      RWT_SECRET: env.RWT_SECRET,
    };
    const call = (method: string, path: string, headers = {}) =>
      app.request(path, { method, headers }, bindings);
    const login = await call("POST", "/login");
    const { token } = await login.json();
    const carriers = [
      { Authorization: `Bearer ${token}` },
      { Cookie: login.headers.get("Set-Cookie")?.split(";")[0] },
    ];
    for (const headers of carriers) {
      expect(await (await call("GET", "/private/me", headers)).json()).toEqual({ id: "42", name: "Ada" });
    }
    expect(await (await call("POST", "/logout", carriers[0])).json()).toEqual({ ended: true });
    for (const headers of [...carriers, {}])
      expect((await call("GET", "/private/me", headers)).status).toBe(401);
  });

  test("a service without Redis asks one that has it", async () => {
    const bindings = { ...env, BILLING_SECRET: "a secret of the client billing, of 32 characters" };
    for (const [name, value] of Object.entries(bindings)) vi.stubEnv(name, value);
    const { app, rwt } = await import(fileOf(blockWith("rwtRoutes({")));
    atEnd(() => rwt.disconnect());
    vi.stubEnv("AUTH_URL", await serveApp(app));
    const { introspect } = await import(fileOf(blockWith("process.env.AUTH_URL")));
    const token = await rwt.sign({ id: "42", role: "admin" }, { subject: "42" });
    expect(await introspect(token)).toMatchObject({ active: true, sub: "42", role: "admin" });
    await rwt.destroy(token);
    expect(await introspect(token)).toEqual({ active: false });
    expect(await (await app.request("/openapi.json")).json()).toMatchObject({ openapi: "3.1.0" });
    vi.stubEnv("BILLING_SECRET", "another");
    await expect(introspect(token)).rejects.toThrow("introspection failed: 401");
  });

  /** As plain JavaScript, which this process imports like any package's, past Vitest's own loader. */
  async function compiled(code: string): Promise<string> {
    const { build } = await import("esbuild");
    const outfile = fileOf(code).replace(/\.ts$/, ".mjs");
    await build({ entryPoints: [fileOf(code)], outfile, bundle: true, packages: "bundle", format: "esm" });
    return outfile;
  }
});

/** Members of checked options that no caller gives. */
const INTERNAL = ["secrets", "call"];

describe("the README's tables", () => {
  const inCode = (name: string) => new RegExp(String.raw`\`[^\`\n]*\b${name}\b[^\`\n]*\``);

  test("name every option of createRwt, sign, extend, rwtAuth and what migrates, and every error code", () => {
    const sources = [
      "src/options.ts",
      "src/redis/options.ts",
      "src/redis/replicas.ts",
      "src/hono/options.ts",
      "src/hono-routes/options.ts",
      "src/hono-routes/clients.ts",
      "src/hono-routes/openapi.ts",
      "src/request/options.ts",
      "src/request/cookie-options.ts",
      "src/sessions/options.ts",
      "src/events/feature.ts",
      "src/opentelemetry/feature.ts",
      "src/encryption/index.ts",
      "src/legacy/options.ts",
      "src/compat/types.ts",
      "src/errors.ts",
    ];
    for (const file of sources) {
      const code = readFileSync(join(root, file), "utf8");
      const names = file.endsWith("errors.ts")
        ? [...code.matchAll(/^ {2}\| "(ERR_RWT_\w+)"/gm)]
        : [...code.matchAll(/^ {2}readonly (\w+)\??:/gm)];
      expect(names.length).toBeGreaterThan(0);
      for (const [, name = ""] of names)
        if (!INTERNAL.includes(name)) expect(readme, file).toMatch(inCode(name));
    }
  });

  test("name every entry of the package", () => {
    for (const { name } of entries) {
      if (name !== "redis-web-token/token") expect(readme).toContain(name);
    }
  });
});
