import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../tools/entries.ts";
import { freePort } from "../../tools/free-port.ts";
import { bin } from "../support/bin.ts";
import { ownRedis, ownRest } from "../support/servers.ts";

/** The pages' code, by the name in its first line, such as `before: jwt.ts`. */
const blocks = new Map(
  ["original", "express-session", "jwt"]
    .flatMap((page) => [
      ...readFileSync(join(root, `docs/migrating/${page}.md`), "utf8").matchAll(
        /^```[jt]s\n\/\/ ((?:before|after): [^\n]*)\n(.*?)^```$/gms,
      ),
    ])
    .map(([, name = "", code = ""]) => [name, code]),
);
// Within the project, where the package's name means the package.
const folder = join(root, "dist/.migrating");
beforeAll(() => {
  for (const [name, code] of blocks) {
    mkdirSync(join(folder, name.split(": ")[0] ?? ""), { recursive: true });
    writeFileSync(fileOf(name), code.replace('require("redis-web-token")', `require(${originalPath})`));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));
const originalPath = JSON.stringify(join(root, "test/legacy/original.cjs"));
const fileOf = (name: string) => join(folder, name.replace(": ", "/"));

const redis = await ownRedis();
const rest = await ownRest(redis);
const env = {
  ...process.env,
  REDIS_URL: redis.url,
  REDIS_HOST: "127.0.0.1",
  REDIS_PORT: String(redis.port),
  RWT_SECRET: "a new secret of the tests, 32 bytes or more",
};

type Call = (method: string, path: string, headers?: Record<string, string>) => Promise<Response>;

const running: ChildProcess[] = [];
afterAll(() => running.forEach((child) => void child.kill("SIGKILL")));

/** Runs one block as an app of its own. */
async function started(name: string): Promise<Call> {
  const port = await freePort("http");
  const child = spawn(process.execPath, [fileOf(name)], {
    env: { ...env, PORT: String(port) },
    stdio: "inherit",
  });
  running.push(child);
  const call: Call = (method, path, headers = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method, headers });
  for (let i = 0; i < 200; i++) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    const answered = await call("GET", "/").catch(() => undefined);
    if (answered !== undefined) return call;
    await sleep(50);
  }
  throw new Error(`${name} does not listen`);
}

test("all of the document's code is run here, and what is TypeScript is type-checked", async () => {
  expect([...blocks.keys()]).toEqual([
    "before: original.cjs",
    "after: original.cjs",
    "after: service.ts",
    "before: express-session.mjs",
    "after: express-session.mjs",
    "before: jwt.ts",
    "after: jwt.ts",
  ]);
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: "../../tsconfig.json", include: ["**/*.ts"] }),
  );
  await promisify(execFile)(bin("tsc"), ["-p", folder]).catch((error) => expect.fail(error.stdout));
});

describe("from the original", () => {
  const withToken = (token: string) => ({ "x-access-token": token });
  const signIn = async (call: Call): Promise<string> => (await (await call("POST", "/login")).json()).token;
  const user = { username: "ada", role: "admin" };

  test("with compat, who signed in before is still in, and can be logged out", async () => {
    const earlier = await started("before: original.cjs");
    const old = await signIn(earlier);
    expect(await (await earlier("GET", "/private", withToken(old))).json()).toEqual(user);
    const later = await started("after: original.cjs");
    for (const token of [old, await signIn(later)]) {
      expect(await (await later("GET", "/private", withToken(token))).json()).toEqual(user);
      expect((await later("POST", "/logout", withToken(token))).status).toBe(200);
      expect((await later("GET", "/private", withToken(token))).status).toBe(403);
    }
    expect((await earlier("GET", "/private", withToken(old))).status).toBe(403);
  });

  test("with legacy() too, which exchanges the token", async () => {
    const old = await signIn(await started("before: original.cjs"));
    const run = async (token: string) =>
      (
        await promisify(execFile)(process.execPath, [fileOf("after: service.ts"), token], { env })
      ).stdout.trim();
    const [name, newToken = ""] = (await run(old)).split(" ");
    expect([name, newToken]).toEqual(["ada", expect.stringMatching(/^rwt_/)]);
    expect(await run(newToken)).toBe("ada the same token");
  });
});

test("from express-session: who signed in before is still in, and has a token from then on", async () => {
  const cookieOf = (answer: Response) => ({ Cookie: answer.headers.getSetCookie()[0]?.split(";")[0] ?? "" });
  const earlier = await started("before: express-session.mjs");
  const old = cookieOf(await earlier("POST", "/login"));
  expect(await (await earlier("GET", "/private", old)).json()).toEqual({ id: "42", name: "Ada" });

  const later = await started("after: express-session.mjs");
  const first = await later("GET", "/private", old);
  expect(await first.json()).toEqual({ id: "42", name: "Ada" });
  const exchanged = cookieOf(first);
  expect(exchanged.Cookie).toMatch(/^rwt=rwt_/);
  expect((await earlier("GET", "/private", old)).status).toBe(401);
  for (const cookie of [exchanged, cookieOf(await later("POST", "/login"))]) {
    expect((await later("GET", "/private", cookie)).status).toBe(200);
    expect((await later("POST", "/logout", cookie)).status).toBe(200);
    expect((await later("GET", "/private", cookie)).status).toBe(401);
  }
  expect((await later("GET", "/private")).status).toBe(401);
});

describe("from JWTs", () => {
  test("a JWT is exchanged for a token, which can be ended", async () => {
    Object.assign(process.env, {
      UPSTASH_REDIS_REST_URL: rest.url,
      UPSTASH_REDIS_REST_TOKEN: rest.token,
      RWT_SECRET: env.RWT_SECRET,
      JWT_SECRET: "the JWT secret of the tests, 32 bytes or more",
    });
    const [earlier, later] = [await appOf("before: jwt.ts"), await appOf("after: jwt.ts")];
    const bearer = async (answer: Response) => ({
      Authorization: `Bearer ${(await answer.json()).token}`,
    });
    const jwt = await bearer(await earlier("POST", "/login"));
    expect(await (await earlier("GET", "/private", jwt)).json()).toEqual({ id: "42", name: "Ada" });
    expect((await earlier("GET", "/private", { Authorization: "Bearer no" })).status).toBe(401);
    expect((await later("GET", "/private", jwt)).status).toBe(401);
    expect((await later("POST", "/exchange", { Authorization: "Bearer no" })).status).toBe(401);

    const exchanged = await bearer(await later("POST", "/exchange", jwt));
    for (const token of [exchanged, await bearer(await later("POST", "/login"))]) {
      expect(await (await later("GET", "/private", token)).json()).toEqual({ id: "42", name: "Ada" });
      expect(await (await later("POST", "/logout", token)).json()).toEqual({ ended: true });
      expect((await later("GET", "/private", token)).status).toBe(401);
    }
  });

  /** As plain JavaScript, which this process imports past Vitest's own loader. */
  async function appOf(name: string): Promise<Call> {
    const { build } = await import("esbuild");
    const outfile = fileOf(name).replace(/\.ts$/, ".mjs");
    await build({ entryPoints: [fileOf(name)], outfile, bundle: true, packages: "external", format: "esm" });
    const { app } = await import(pathToFileURL(outfile).href);
    return async (method, path, headers = {}) => app.request(path, { method, headers });
  }
});
