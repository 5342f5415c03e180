import { deepStrictEqual as expectEqual } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import type { RedisServer } from "../../tools/redis-server.ts";
import { runChecks } from "./checks.ts";
import { PlainBrowser } from "./next-browser.ts";
import type { SuiteResult } from "./programs/suites.ts";

/** Milliseconds until `next dev` must have seen a change. */
const PATIENCE = 30_000;

/** Changes auth.ts under `next dev`: the change takes effect, and no connection is left behind. */
export async function checkHotReload(origin: string, app: string, redis: RedisServer): Promise<SuiteResult> {
  const admin = new Redis(redis.url);
  const file = join(app, "auth.ts");
  const code = readFileSync(file, "utf8");
  const browser = new PlainBrowser(origin);

  async function login(): Promise<void> {
    await browser.submit("/login", "Sign in", { name: "Ada", password: "open sesame" });
    // Both bundles have a service. Only pages are reloaded: Next 16.4 forgets Route Handlers if the proxy imports the same file.
    for (const path of ["/api/me", "/account"]) await browser.open(path);
  }
  const status = async (): Promise<number> => (await browser.open("/account")).status;
  async function connections(): Promise<number> {
    return String(await admin.client("LIST"))
      .trim()
      .split("\n").length;
  }

  try {
    return await runChecks("hot reload", {
      async "a change of auth.ts takes effect, and leaves no connection behind"() {
        await login();
        expectEqual(await status(), 200);
        const before = await connections();
        // Sessions of another prefix aren't known any more.
        writeFileSync(file, code.replace("{ store,", '{ store, prefix: "second:",'));
        const end = Date.now() + PATIENCE;
        while ((await status()) !== 307 && Date.now() < end) await sleep(100);
        expectEqual(await status(), 307);
        await login();
        expectEqual(await status(), 200);
        expectEqual(await connections(), before);
      },
    });
  } finally {
    admin.disconnect();
  }
}
