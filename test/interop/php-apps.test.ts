import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRwt } from "../../src/index.ts";
import { sessions } from "../../src/sessions/index.ts";
import { ioredisStore } from "../../src/stores/ioredis.ts";
import { root } from "../../tools/entries.ts";
import { atEnd } from "../support/at-end.ts";
import { forged } from "../support/forged.ts";
import { phpHttp, phpHttpMissing } from "../support/interop.ts";
import { ownRedis } from "../support/servers.ts";
import { ask, type RawAnswer, startPhpServer } from "./auth-servers.ts";

const secret = "a secret that all languages share, 32 bytes or more";
/** The example without a framework, in a folder where Composer has installed the package. */
function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), "rwt-plain-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "vendor"));
  const autoload = JSON.stringify(join(root, "interop/php/autoload.php"));
  writeFileSync(join(folder, "vendor/autoload.php"), `<?php require ${autoload};`);
  copyFileSync(join(root, "interop/php/examples/plain/index.php"), join(folder, "index.php"));
  return join(folder, "index.php");
}

const appOf = (name: string): string =>
  name === "plain" ? installed() : join(root, `interop/php/tests/apps/${name}.php`);

const headerOf = ({ headers }: RawAnswer, wanted: string) => headers.find(([name]) => name === wanted)?.[1];

describe.skipIf(phpHttp === undefined).each([
  ["plain", "Hello Ada"],
  ["psr15", "Hello Ada"],
  ["symfony", "Hello Ada, 42"],
  ["laravel", "Hello Ada, 42"],
])(`the example for %s${phpHttpMissing}`, (name, greeting) => {
  let port = 0;
  const started = ownRedis();
  const stores = started.then((redis) => ioredisStore(redis.url));
  const services = stores.then((store) => createRwt<{ name: string }>({ store, secret }).with(sessions()));
  beforeAll(async () => {
    const env = { RWT_SECRET: secret, REDIS_HOST: "127.0.0.1", REDIS_PORT: String((await started).port) };
    port = await startPhpServer(phpHttp ?? "", appOf(name), env);
  });
  afterAll(async () => (await stores).disconnect());

  test("signs a browser in, shows the private page, and signs out for every service", async () => {
    const rwt = await services;
    const signedIn = await ask(port, "POST", "/login", [["Origin", `http://127.0.0.1:${port}`]]);
    expect([signedIn.status, signedIn.body, headerOf(signedIn, "location")]).toEqual([
      303,
      expect.anything(),
      "/private",
    ]);
    const set = headerOf(signedIn, "set-cookie") ?? "";
    for (const attribute of ["max-age=2592000", "path=/", "httponly", "secure", "samesite=lax"]) {
      expect(set.toLowerCase().split("; ")).toContain(attribute);
    }
    const [cookie = "", token = ""] = /^__Host-rwt=(rwt_[\w-]{76});/.exec(set) ?? [];
    expect(await rwt.verify(token)).toMatchObject({ data: { name: "Ada" }, subject: "42" });
    const page = await ask(port, "GET", "/private", [["Cookie", cookie]]);
    expect([page.status, page.body]).toEqual([200, greeting]);
    expect(headerOf(page, "cache-control")).toContain("no-store");
    const rotated = await rwt.rotate(token);
    const evil = await ask(port, "POST", "/logout", [
      ["Cookie", cookie],
      ["Origin", "https://evil.example"],
    ]);
    expect([evil.status, evil.body]).toEqual([403, "Cross-site: see csrf.origins"]);
    const signedOut = await ask(port, "POST", "/logout", [
      ["Cookie", cookie],
      ["Sec-Fetch-Site", "same-origin"],
    ]);
    expect([signedOut.status, headerOf(signedOut, "location")]).toEqual([303, "/"]);
    expect(headerOf(signedOut, "set-cookie")?.toLowerCase()).toContain("max-age=0");
    expect(await rwt.verify(rotated)).toBeNull();
  });

  test("accepts a bearer token that TypeScript signed, and ends the session that a sign-in came with", async () => {
    const rwt = await services;
    const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
    const page = await ask(port, "GET", "/private", [["Authorization", `Bearer ${token}`]]);
    expect([page.status, page.body]).toEqual([200, greeting]);
    expect((await ask(port, "POST", "/login", [["Authorization", `Bearer ${token}`]])).status).toBe(303);
    expect(await rwt.verify(token)).toBeNull();
  });

  test("refuses as RFC 6750 says", async () => {
    const token = await (await services).sign({ name: "Ada" });
    const none = await ask(port, "GET", "/private", []);
    expect([none.status, none.body, headerOf(none, "www-authenticate")]).toEqual([
      401,
      "Unauthorized",
      'Bearer realm="api"',
    ]);
    const dead = await ask(port, "GET", "/private", [["Authorization", `Bearer ${forged(token)}`]]);
    expect([dead.status, dead.body, headerOf(dead, "www-authenticate")]).toEqual([
      401,
      "Not a live token",
      'Bearer realm="api", error="invalid_token", error_description="Not a live token"',
    ]);
    expect(headerOf(dead, "cache-control")).toContain("no-store");
    expect((await ask(port, "GET", "/private", [["Authorization", "Bearer"]])).status).toBe(400);
  });

  test("answers 503 while Redis is out, and keeps the cookie", async () => {
    const token = await (await services).sign({ name: "Ada" }, { subject: "42" });
    await (await started).stop();
    const out = await ask(port, "GET", "/private", [["Cookie", `__Host-rwt=${token}`]]);
    expect([out.status, out.body, headerOf(out, "retry-after"), headerOf(out, "set-cookie")]).toEqual([
      503,
      "Service Unavailable",
      "5",
      undefined,
    ]);
  });
});

// These two take a form field for the method.
describe.skipIf(phpHttp === undefined).each(["symfony", "laravel"])(
  `the example for %s${phpHttpMissing}`,
  (name) => {
    test("a form field can't turn the CSRF check off", async () => {
      const redis = await ownRedis();
      const env = { RWT_SECRET: secret, REDIS_PORT: String(redis.port) };
      const port = await startPhpServer(phpHttp ?? "", appOf(name), env);
      await using rwt = createRwt({ store: ioredisStore(redis.url), secret });
      const token = await rwt.sign({ name: "Ada" }, { subject: "42" });
      const asked = (...more: [string, string][]) =>
        ask(port, "POST", "/private?_method=GET", [["Cookie", `__Host-rwt=${token}`], ...more]);
      expect((await asked()).body).toBe("Hello Ada, 42");
      expect((await asked(["Origin", "https://evil.example"])).status).toBe(403);
    });
  },
);

test.skipIf(phpHttp === undefined)(
  `Symfony's authenticator lets strangers pass with the option optional${phpHttpMissing}`,
  async () => {
    const redis = await ownRedis();
    const env = { RWT_SECRET: secret, REDIS_PORT: String(redis.port), RWT_OPTIONAL: "1" };
    const port = await startPhpServer(phpHttp ?? "", appOf("symfony"), env);
    const stranger = await ask(port, "GET", "/private", [["Cookie", "__Host-rwt=garbage"]]);
    expect([stranger.status, stranger.body]).toEqual([200, "Hello stranger, "]);
    expect((await ask(port, "GET", "/private", [["Authorization", "Bearer"]])).status).toBe(400);
  },
);
